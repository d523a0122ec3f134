/**
 * Expressions of a model's bands and scalings, in the small language of arithmetic that one band can be coded by. Pure.
 *
 *     clip((MNS - MNT) * 5, 0, 255)      max(MNS - MNT, 0) * 5      (NIR - 128) / 64      min(R, 200)
 *
 * Numbers, names, + - * /, parentheses, clip(x, min, max), min(a, b), max(a, b), also as np.clip, minimum, maximum.
 */

/** What every expression comes down to: clip(source × scale + offset, clipMin, clipMax). No source: a constant, `offset`. */
export interface Coded {
  source: string | undefined;
  scale: number;
  offset: number;
  clipMin: number;
  clipMax: number;
}

const FORMS = 'one band with + - * / by numbers, clip(x, min, max), min, max, and MNS - MNT';
const DIFFERENCE = 'MNS - MNT';
const INFINITE = { clipMin: Number.NEGATIVE_INFINITY, clipMax: Number.POSITIVE_INFINITY };
const TOKEN = /\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([A-Za-z_][\w.]*)|([-+*/(),]))/y;

/**
 * Reads an expression of one band; `nameOf` gives our name of a name in it. MNS − MNT, cut at 0, is NDSM.
 * Throws an Error naming what was found where the expression is of no form read here: it is never passed over.
 */
export function readExpression(text: string, nameOf: (name: string) => string): Coded {
  const tokens = tokensOf(text);
  let at = 0;
  const take = (wanted: string) => {
    if (tokens[at] !== wanted) throw new Error(`"${text}" has ${tokens[at] ?? 'its end'} where ${wanted} was wanted`);
    at++;
  };
  const list = (): Coded[] => {
    const values = [sum()];
    while (tokens[at] === ',') {
      at++;
      values.push(sum());
    }
    take(')');
    return values;
  };
  const primary = (): Coded => {
    const token = tokens[at++];
    if (token === '-') return multiply(primary(), constant(-1));
    if (token === '(') {
      const [value, ...others] = list();
      if (others.length > 0) throw new Error(`"${text}" has a list in it; forms read: ${FORMS}`);
      return value!;
    }
    if (token !== undefined && /^[\d.]/.test(token)) return constant(Number(token));
    if (token === undefined || !/^[A-Za-z_]/.test(token))
      throw new Error(`"${text}" has ${token ?? 'its end'} where a value was wanted`);
    if (tokens[at] !== '(') return { source: nameOf(token), scale: 1, offset: 0, ...INFINITE };
    at++;
    return call(token, list());
  };
  const product = (): Coded => {
    let value = primary();
    while (tokens[at] === '*' || tokens[at] === '/') {
      const divides = tokens[at++] === '/';
      value = divides ? divide(value, primary()) : multiply(value, primary());
    }
    return value;
  };
  const sum = (): Coded => {
    let value = product();
    while (tokens[at] === '+' || tokens[at] === '-') {
      const minus = tokens[at++] === '-';
      value = minus ? subtract(value, product()) : add(value, product());
    }
    return value;
  };
  const value = sum();
  if (at < tokens.length) throw new Error(`"${text}" goes on with ${tokens[at]} where its end was wanted`);
  return heightsAboveGround(text, value);
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const from = TOKEN.lastIndex;
    const found = TOKEN.exec(text);
    if (!found) throw new Error(`"${text}" has ${text.slice(from).trim()[0]} in it; forms read: ${FORMS}`);
    tokens.push(found[1] ?? found[2] ?? found[3]!);
  }
  return tokens;
}

const constant = (value: number): Coded => ({ source: undefined, scale: 0, offset: value, ...INFINITE });

const fixedValue = (one: Coded) => Math.min(Math.max(one.offset, one.clipMin), one.clipMax);

function multiply(a: Coded, b: Coded): Coded {
  const [band, factor] = a.source === undefined ? [b, fixedValue(a)] : [a, fixedValue(b)];
  if (a.source !== undefined && b.source !== undefined)
    throw new Error(`${a.source} is multiplied by ${b.source}; forms read: ${FORMS}`);
  if (factor === 0) return constant(0);
  const ends = [band.clipMin * factor + 0, band.clipMax * factor + 0]; // −0 + 0 is 0
  return {
    source: band.source,
    scale: band.scale * factor,
    offset: band.offset * factor + 0,
    clipMin: Math.min(...ends),
    clipMax: Math.max(...ends),
  };
}

function divide(a: Coded, b: Coded): Coded {
  if (b.source !== undefined) throw new Error(`something is divided by ${b.source}; forms read: ${FORMS}`);
  if (fixedValue(b) === 0) throw new Error('something is divided by 0');
  return multiply(a, constant(1 / fixedValue(b)));
}

function add(a: Coded, b: Coded): Coded {
  const [band, term] = a.source === undefined ? [b, fixedValue(a)] : [a, fixedValue(b)];
  if (a.source !== undefined && b.source !== undefined)
    throw new Error(`${a.source} is added to ${b.source}; forms read: ${FORMS}`);
  return { ...band, offset: band.offset + term, clipMin: band.clipMin + term, clipMax: band.clipMax + term };
}

const isBare = (one: Coded) => !Number.isFinite(one.clipMin) && !Number.isFinite(one.clipMax);

function subtract(a: Coded, b: Coded): Coded {
  if (b.source === undefined) return add(a, constant(-fixedValue(b)));
  if (a.source === undefined) return add(multiply(b, constant(-1)), a);
  if (a.source === 'MNS' && b.source === 'MNT' && a.scale === b.scale && isBare(a) && isBare(b)) {
    return { ...a, source: DIFFERENCE, offset: a.offset - b.offset };
  }
  throw new Error(`${b.source} is taken from ${a.source}; forms read: ${FORMS}`);
}

function call(name: string, values: Coded[]): Coded {
  const plain = name.replace(/^(np|numpy)\./, '').replace(/imum$/, '');
  if (plain === 'clip' && values.length === 3)
    return cut(cut(values[0]!, values[1]!, 'clipMin'), values[2]!, 'clipMax');
  if ((plain === 'min' || plain === 'max') && values.length === 2) {
    const [a, b] = values as [Coded, Coded];
    const end = plain === 'min' ? 'clipMax' : 'clipMin';
    return a.source === undefined ? cut(b, a, end) : cut(a, b, end);
  }
  throw new Error(`${name} of ${values.length} values is not read; forms read: ${FORMS}`);
}

/** One end of a clip moved inwards; the other follows where they would cross. */
function cut(band: Coded, at: Coded, end: 'clipMin' | 'clipMax'): Coded {
  if (at.source !== undefined) throw new Error(`a bound is ${at.source}, a number wanted`);
  const value = fixedValue(at);
  if (band.source === undefined)
    return constant(end === 'clipMin' ? Math.max(fixedValue(band), value) : Math.min(fixedValue(band), value));
  return end === 'clipMin'
    ? { ...band, clipMin: Math.max(band.clipMin, value), clipMax: Math.max(band.clipMax, value) }
    : { ...band, clipMin: Math.min(band.clipMin, value), clipMax: Math.min(band.clipMax, value) };
}

/** MNS − MNT → NDSM, which is cut at 0: the same where the expression cuts there too. */
function heightsAboveGround(text: string, value: Coded): Coded {
  if (value.source !== DIFFERENCE) return value;
  const cutAtGround = value.scale > 0 ? value.clipMin >= value.offset : value.clipMax <= value.offset;
  if (cutAtGround) return { ...value, source: 'NDSM' };
  throw new Error(`"${text}" keeps heights below the ground; NDSM is max(MNS - MNT, 0): cut it at 0 by clip or max`);
}
