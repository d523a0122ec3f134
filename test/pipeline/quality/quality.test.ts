/** Faults planted in a coverage: each is found, and called by its name. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assess, broken, faultsOf } from './assess-sketches.ts';
import { box, field, GRID, hole, type Sketch } from './sketched-coverage.ts';

test('a sound coverage passes, and is measured', async () => {
  const report = await assess(field());
  assert.deepEqual(broken(report), []);
  assert.equal(report.passed, true);
  assert.deepEqual([report.objects, report.areaM2, report.nodataM2, report.extentM2], [4, 20_000, 0, 20_000]);
  assert.deepEqual(
    report.classes.map(({ codeCs, count, areaM2 }) => [codeCs, count, areaM2]),
    [
      ['CS1.1.1.1', 1, 300],
      ['CS1.2.2', 1, 4_000],
      ['CS2.1.1.1', 1, 4_000],
      ['CS2.2.1', 1, 11_700],
    ],
  );
  const { lowCount, lowM2, examples } = report.confidence;
  assert.deepEqual([lowCount, lowM2, examples[0]!.codeCs], [1, 4_000, 'CS2.1.1.1']);
});

/** The field's far side, one vertex moved. */
function fieldWith(vertex: [number, number][]): Sketch[] {
  const [champ, ...others] = field();
  const [outer, ...holes] = champ.rings;
  const moved = outer!.flatMap((point) => (point[0] === 100 ? vertex : [point]));
  return [{ ...champ, rings: [moved, ...holes], traced: champ.rings }, ...others];
}

test('a gap', async () => {
  const report = await assess(fieldWith([[100, 59]]));
  assert.ok(broken(report).includes('trou'), String(broken(report)));
  const [gap] = faultsOf(report, 'trou').examples;
  assert.match(gap!.found, /^100\.000 m²/);
  assert.ok(gap!.ids.includes('OCSGE0000000000000000001'), String(gap!.ids));
  assert.equal(report.passed, false);
});

test('an overlap', async () => {
  const report = await assess(fieldWith([[100, 61]]));
  assert.ok(broken(report).includes('superposition'), String(broken(report)));
  assert.match(faultsOf(report, 'superposition').examples[0]!.found, /^un contour de 100\.000 m²/);
});

test('an object over another one, and one that is there twice', async () => {
  const over = await assess([
    ...field(),
    { id: 'OCSGE0000000000000000009', code: 'CS1.2.1', rings: [box(5, 65, 60, 30)] },
  ]);
  assert.ok(broken(over).includes('superposition') && broken(over).includes('emprise'), String(broken(over)));
  const [champ, house, wood, pond] = field();
  const twice = await assess([champ, house, wood, pond, { ...pond, id: 'OCSGE0000000000000000009' }]);
  assert.ok(broken(twice).includes('superposition'), String(broken(twice)));
});

test('an object that is missing, inside and at the border', async () => {
  const [champ, house, wood, pond] = field();
  assert.ok(broken(await assess([champ, wood, pond])).includes('trou'), 'trou');
  const atBorder = await assess([champ, house, wood]);
  assert.ok(broken(atBorder).includes('trou'), String(broken(atBorder)));
  assert.match(faultsOf(atBorder, 'trou').examples[0]!.found, /4000\.000 m² .* au bord/);
});

test('a spike', async () => {
  const report = await assess(
    fieldWith([
      [150, 60],
      [150, 75],
      [149.9, 60],
      [100, 60],
    ]),
  );
  assert.ok(broken(report).includes('pointe'), String(broken(report)));
  const { x, y } = faultsOf(report, 'pointe').examples[0]!;
  assert.deepEqual([x, y], [506_150, 6_287_075]);
});

test('a vertex that one neighbour lacks', async () => {
  assert.deepEqual(broken(await assess(fieldWith([]))), ['jonction']);
});

test('rings that cross, a hole outside, a vertex twice', async () => {
  const [champ, ...others] = field();
  const bow: Sketch = {
    ...champ,
    traced: champ.rings,
    rings: [
      [
        [0, 0],
        [200, 60],
        [200, 0],
        [10, 60],
      ],
    ],
  };
  assert.ok(broken(await assess([bow, ...others])).some((rule) => rule === 'croisement' || rule === 'anneau'));
  const far: Sketch = { ...champ, traced: champ.rings, rings: [champ.rings[0]!, hole(40, 70, 20, 15)] };
  assert.ok(broken(await assess([far, ...others])).includes('croisement'), 'croisement');
  assert.ok(
    broken(
      await assess(
        fieldWith([
          [100, 60],
          [100, 60],
        ]),
      ),
    ).includes('sommet double'),
  );
});

/** A strip `widthM` wide between the field and what is behind it. */
function strip(widthM: number, code: string): Sketch[] {
  const [champ, house, wood, pond] = field();
  const from = 60 - widthM;
  const across: [number, number][] = [
    [0, from],
    [200, from],
    [200, 60],
    [100, 60],
    [0, 60],
  ];
  return [
    { ...champ, rings: [box(0, 0, 200, from), champ.rings[1]!] },
    ...[house, wood, pond],
    { id: 'OCSGE0000000000000000005', code, rings: [across] },
  ];
}

test('a sliver is too narrow, and too small', async () => {
  const report = await assess(strip(2, 'CS1.2.1'));
  assert.deepEqual(broken(report), ['surface', 'largeur']);
  const [narrow] = faultsOf(report, 'largeur').examples;
  assert.deepEqual(narrow!.ids, ['OCSGE0000000000000000005']);
  assert.match(narrow!.found, /^2\.0 m au plus large de CS1\.2\.1, 10 m voulus/);
  assert.match(faultsOf(report, 'surface').examples[0]!.found, /^400\.0 m² de CS1\.2\.1, 2500 m² voulus hors zone/);
});

test('under 5 m paved ground is too narrow, under 10 m other covers; at that they are wide enough', async () => {
  for (const [code, leastM] of [
    ['CS1.1.1.2', 5],
    ['CS1.2.1', 10],
  ] as const) {
    const narrow = await assess(strip(leastM - GRID.resolutionM, code));
    const { found } = faultsOf(narrow, 'largeur').examples[0]!;
    assert.equal(found, `${(leastM - GRID.resolutionM).toFixed(1)} m au plus large de ${code}, ${leastM} m voulus`);
    assert.ok(!broken(await assess(strip(leastM, code))).includes('largeur'));
  }
});

/** A yard of 600 m² in the field. */
function yard(): Sketch[] {
  const [champ, house, wood, pond] = field();
  const rings = [box(120, 10, 30, 20)];
  return [
    { ...champ, rings: [...champ.rings, hole(120, 10, 30, 20)] },
    ...[house, wood, pond],
    { id: 'OCSGE0000000000000000005', code: 'CS1.1.2.1', rings },
  ];
}

test('the unit is that of the zone construite for an object that has it inside', async () => {
  assert.deepEqual(broken(await assess(yard())), ['surface']);
  assert.deepEqual(broken(await assess(yard(), { zone: box(110, 5, 60, 40) })), []);
  assert.deepEqual(broken(await assess(yard(), { zone: box(140, 5, 30, 40) })), ['surface']);
});

test('a zone construite that leaves the extent', async () => {
  const report = await assess(yard(), { zone: box(110, -5, 60, 50) });
  assert.deepEqual(broken(report), ['zone']);
  assert.equal(faultsOf(report, 'zone').examples[0]!.found, 'hors de l’emprise');
});

test('two zones construites on the same ground; two that touch are none', async () => {
  const zone = box(110, 5, 60, 40);
  const report = await assess(yard(), { zone, zones: [box(10, 5, 10, 10), box(160, 40, 20, 10)] });
  assert.deepEqual(broken(report), ['zone']);
  const [fault] = faultsOf(report, 'zone').examples;
  assert.deepEqual([fault!.found, [...fault!.ids].sort()], ['deux zones sur le même terrain', ['z0', 'z2']]);
  assert.deepEqual(broken(await assess(yard(), { zone, zones: [zone] })), ['zone']);
  assert.deepEqual(broken(await assess(yard(), { zone, zones: [box(170, 45, 10, 5)] })), []);
});

test('a zone construite over ground that no image knows; beside it is none', async () => {
  const [champ, house, wood] = field();
  const nodata = [box(100, 60, 100, 40)];
  const report = await assess([champ, house, wood], { nodata, zone: box(150, 50, 40, 40) });
  assert.deepEqual(broken(report), ['zone']);
  assert.equal(faultsOf(report, 'zone').examples[0]!.found, 'sur du sol sans image');
  assert.deepEqual(broken(await assess([champ, house, wood], { nodata, zone: box(100, 40, 100, 20) })), []);
});

test('what is listed with a reason is an exception, no fault', async () => {
  const listed = [{ id: 'OCSGE0000000000000000005', rule: 'surface' as const, reason: 'entourée d’ossature' }];
  const report = await assess(yard(), { listed });
  assert.equal(report.passed, true);
  const { count, excused, examples } = faultsOf(report, 'surface');
  assert.deepEqual([count, excused, examples[0]!.reason], [0, 1, 'entourée d’ossature']);
  assert.deepEqual(report.listed, [{ rule: 'surface', reason: 'entourée d’ossature', count: 1 }]);
});

test('units are not looked for where they were not applied', async () => {
  assert.equal((await assess(yard(), { more: { generalised: false } })).passed, true);
});

test('attributes: identifiers, codes, confidence', async () => {
  const [champ, house, wood, pond] = field();
  const wrong = [{ ...champ, code: 'CS2.2' }, house, { ...wood, confiance: 1.5 }, { ...pond, id: house.id }];
  const found = faultsOf(await assess(wrong), 'attribut').examples.map((fault) => fault.found);
  assert.equal(found.length, 3);
  assert.match(found.join('; '), /"CS2\.2" n’est pas une feuille.*confiance 1\.5.*donné plusieurs fois/);
});

test('neighbours of one couverture should be one object', async () => {
  const [champ, house, wood, pond] = field();
  const report = await assess([champ, house, wood, { ...pond, code: wood.code }]);
  assert.deepEqual(broken(report), ['fusion']);
  assert.deepEqual([...faultsOf(report, 'fusion').examples[0]!.ids].sort(), [wood.id, pond.id]);
});

test('polygons in another order than their regions', async () => {
  const [champ, house, wood, pond] = field();
  const swapped = [champ, house, { ...wood, traced: pond.rings }, { ...pond, traced: wood.rings }];
  assert.deepEqual(broken(await assess(swapped)), ['raster']);
});

test('a piece of ossature that hangs on nothing', async () => {
  const [champ, house, wood, pond] = field();
  const rings = [box(120, 10, 30, 5)];
  const road: Sketch = { id: 'OCSGE0000000000000000005', code: 'CS1.1.1.2', rings, ossature: 1 };
  const around = { ...champ, rings: [...champ.rings, hole(120, 10, 30, 5)] };
  const report = await assess([around, house, wood, pond, road]);
  assert.deepEqual(broken(report), ['surface', 'flottant']);
  assert.deepEqual(report.ossature, { objects: 1, areaM2: 150, pieces: 1, inner: 1 });
});

test('ground that no image knows completes the coverage', async () => {
  const [champ, house, wood] = field();
  const report = await assess([champ, house, wood], { nodata: [box(100, 60, 100, 40)] });
  assert.deepEqual([broken(report), report.nodataM2], [[], 4_000]);
});

test('a coverage cut at a limit ends there, to the millimetre', async () => {
  const limit: [number, number][] = [
    [0, 0],
    [200, 0],
    [200, 60],
    [150, 95],
    [100, 100],
    [0, 100],
  ];
  const [champ, house, wood, pond] = field();
  const cut: [number, number][] = [
    [100, 60],
    [200, 60],
    [150, 95],
    [100, 100],
  ];
  const inside = [champ, house, wood, { ...pond, rings: [cut], traced: [cut] }];
  assert.deepEqual(broken(await assess(inside, { limit })), []);
  const beyond = [champ, house, wood, pond];
  const report = await assess(beyond, { limit });
  assert.ok(broken(report).includes('emprise'), String(broken(report)));
});
