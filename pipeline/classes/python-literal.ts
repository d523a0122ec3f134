/** Python literals in ONNX metadata, where authors wrote str(dictionary) for JSON: `{0: 'bâti', 1: 'eau'}`. Pure. */

const TOKEN = /\s*(?:('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(-?\d[\w.+-]*|None|True|False)|([[\](){},:]))/y;
const WORDS = new Map([
  ['None', 'null'],
  ['True', 'true'],
  ['False', 'false'],
  ['(', '['],
  [')', ']'],
]);

/** The value of a literal of dictionaries, lists, tuples, texts, numbers, True, False and None. Throws an Error for other text. */
export function readPythonLiteral(text: string): unknown {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const found = TOKEN.exec(text);
    if (!found) throw new Error('no literal');
    const token = found[1] === undefined ? (found[2] ?? found[3]!) : JSON.stringify(unquoted(found[1]));
    const closes = [']', '}', ')'].includes(token);
    if (closes && tokens.at(-1) === ',') tokens.pop(); // (1, 2,)
    if (token === ':' && !tokens.at(-1)?.startsWith('"')) tokens.push(`"${tokens.pop()}"`); // {0: …} → {"0": …}
    tokens.push(WORDS.get(token) ?? token);
  }
  return JSON.parse(tokens.join(' '));
}

const ESCAPES = new Map([
  ['n', '\n'],
  ['t', '\t'],
]);

const unquoted = (literal: string) =>
  literal
    .slice(1, -1)
    .replace(/\\(u[\da-fA-F]{4}|x[\da-fA-F]{2}|.)/g, (_, code: string) =>
      code.length > 1 ? String.fromCharCode(Number.parseInt(code.slice(1), 16)) : (ESCAPES.get(code) ?? code),
    );
