import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { planLevels, type ScoredClass } from '../../../pipeline/evaluate/labels.ts';

const couverture = (code: string): ScoredClass => ({ name: code, codeCs: code, colour: '#000000' });
const named = (name: string, codeCs: string | null): ScoredClass => ({ name, codeCs, colour: '#123456' });

const keysOf = (levels: ReturnType<typeof planLevels>) =>
  levels.map(({ id, labels }) => [id, labels.map(({ key }) => key)]);

describe('levels of comparison', () => {
  it('cut the codes, and leave out levels that merge nothing more', () => {
    const codes = ['CS1.1.1.1', 'CS1.1.1.2', 'CS2.1.2', 'CS2.2.1'].map(couverture);
    assert.deepEqual(keysOf(planLevels(codes, codes)), [
      ['cs', ['CS1.1.1.1', 'CS1.1.1.2', 'CS2.1.2', 'CS2.2.1']],
      ['cs-3', ['CS1.1.1', 'CS2.1.2', 'CS2.2.1']],
      ['cs-1', ['CS1', 'CS2']],
    ]);
  });

  it('read both sides at the ancestor one of them names', () => {
    const truth = ['CS2.1.1', 'CS1.2.2'].map(couverture);
    const found = ['CS2.1.1.1', 'CS2.1.1.2', 'CS1.2.2'].map(couverture);
    const [cs] = planLevels(truth, found);
    assert.deepEqual(
      cs!.labels.map(({ key }) => key),
      ['CS1.2.2', 'CS2.1.1'],
    );
    assert.deepEqual(
      [cs!.truthOf, cs!.foundOf],
      [
        [1, 0],
        [1, 1, 0],
      ],
    );
  });

  it('have one of the classes, where the truth names them', () => {
    const found = [named('Herbaceous', 'CS2.2.1'), named('plowed', 'CS2.2.1'), named('water', 'CS1.2.2')];
    const truth = [named('water', 'CS1.2.2'), named('herbaceous', 'CS2.2.1'), named('snow', 'CS1.2.3')];
    const [byClass, cs] = planLevels(truth, found);
    assert.deepEqual(
      byClass!.labels.map(({ key }) => key),
      ['Herbaceous', 'plowed', 'water', 'snow'],
    );
    assert.deepEqual(byClass!.truthOf, [2, 0, 3]);
    assert.deepEqual(
      cs!.labels.map(({ key, colour }) => [key, colour]),
      [
        ['CS1.2.2', '#00CCF2'],
        ['CS1.2.3', '#A6E6CC'],
        ['CS2.2.1', '#CCF24D'],
      ],
    );
  });

  it('leave out ignored classes and those without couverture, by name or by code', () => {
    const found = [named('a', 'CS2.2.1'), named('b', 'CS1.2.2'), named('c', null), named('d', 'CS1.2.3')];
    const [byClass, cs] = planLevels(found, found, ['B', 'CS1.2.3']);
    assert.deepEqual(byClass!.foundOf, [0, -1, -1, -1]);
    assert.deepEqual(cs!.foundOf, [0, -1, -1, -1]);
  });

  it('refuse what is no couverture, and names nobody has', () => {
    assert.throws(() => planLevels([couverture('CS9')], [couverture('CS1')]), /"CS9" is no couverture code/);
    assert.throws(() => planLevels([couverture('CS1')], [couverture('CS2')], ['snow']), /--ignore snow: no class/);
  });
});
