import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normaliseDepartement, paddedDepartement, sridOfDepartement } from '../../pipeline/departement.ts';
import { BadInput } from '../../pipeline/errors.ts';

test('a département is understood however it is written', () => {
  for (const text of ['62', '062', 'D062', 'd062', ' 62 ']) assert.equal(normaliseDepartement(text), '62');
  for (const text of ['2A', '2a', '02A', 'D02A']) assert.equal(normaliseDepartement(text), '2A');
  for (const text of ['01', '001', 'D001']) assert.equal(normaliseDepartement(text), '01');
  for (const text of ['971', 'D971', '999']) assert.equal(normaliseDepartement(text), text.replace('D', ''));
});

test('what is no département is refused with the text as it was written', () => {
  for (const text of ['', '0', '6', '20', '96', '975', 'D', '00', '000', '2C', '0062', "62'", 'Pas-de-Calais']) {
    assert.throws(
      () => normaliseDepartement(text),
      (error: Error) => error instanceof BadInput && error.message.includes(`"${text}"`),
    );
  }
});

test('names pad to three characters', () => {
  assert.deepEqual(['01', '62', '2A', '971'].map(paddedDepartement), ['001', '062', '02A', '971']);
});

test('each département has its grid', () => {
  assert.deepEqual(
    ['62', '2B', '999', '971', '972', '973', '974', '976'].map(sridOfDepartement),
    [2154, 2154, 2154, 5490, 5490, 2972, 2975, 4471],
  );
});
