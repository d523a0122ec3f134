import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { classifyRings, VectorTile, type VectorTileFeature } from '@mapbox/vector-tile';
import type { Position } from 'geojson';
import { PbfReader } from 'pbf';
import { makeTiles, type TilesOptions } from '../../../pipeline/publish/tiles.ts';
import { openTestDatabase } from '../../database.ts';
import { context, loadRevision, type Parcel, rectangle } from '../changes/coverages.ts';

const database = await openTestDatabase();
const { pool } = database;

const EXTENT = 4096;
interface Tile {
  z: number;
  x: number;
  y: number;
  features: VectorTileFeature[];
}

const storedBytes = async (revisionId: number) => {
  const { rows } = await pool.query<{ z: number; x: number; y: number; mvt_gzip: Buffer }>(
    'select z, x, y, mvt_gzip from production.tile where revision_id = $1 order by z, y, x',
    [revisionId],
  );
  return rows;
};

const storedTiles = async (revisionId: number): Promise<Tile[]> =>
  (await storedBytes(revisionId)).map(({ z, x, y, mvt_gzip }) => {
    const { layers } = new VectorTile(new PbfReader(gunzipSync(mvt_gzip)));
    const layer = layers['occupation_sol']!;
    assert.deepEqual([Object.keys(layers), layer.version, layer.extent], [['occupation_sol'], 2, EXTENT]);
    return { z, x, y, features: Array.from({ length: layer.length }, (_, i) => layer.feature(i)) };
  });

const make = async (departement: string, parcels: Parcel[], options?: TilesOptions) => {
  const { revisionId, table } = await loadRevision(database, departement, 2022, parcels);
  return { revisionId, table, report: await makeTiles(database, revisionId, table, context(), options) };
};

/** `side` × `side` quadrangles of about `stepM` metres, corners crooked but shared: a coverage. */
function crookedCoverage(side: number, stepM: number): Parcel[] {
  const crooked = (i: number, j: number): Position => [
    (i + 0.3 * Math.sin(7 * i + 3 * j)) * stepM,
    (j + 0.3 * Math.cos(5 * i - 4 * j)) * stepM,
  ];
  return Array.from({ length: side * side }, (_, index) => {
    const [i, j] = [index % side, Math.floor(index / side)];
    const ring = [crooked(i, j), crooked(i + 1, j), crooked(i + 1, j + 1), crooked(i, j + 1), crooked(i, j)];
    return { cs: index % 3 ? 'CS2.2.1' : 'CS1.1.1.1', us: index % 3 ? 'US1.1' : 'US5', rings: [ring] };
  });
}

/** The part of a ring on one side of a line (Sutherland and Hodgman's step); `axis` 0: x, 1: y. */
function cut(ring: Position[], axis: 0 | 1, limit: number, sign: 1 | -1): Position[] {
  const inside = (p: Position) => (p[axis]! - limit) * sign >= 0;
  return ring.flatMap((p, at) => {
    const q = ring[(at + 1) % ring.length]!;
    if (inside(p) === inside(q)) return inside(p) ? [p] : [];
    const t = (limit - p[axis]!) / (q[axis]! - p[axis]!);
    const crossing = [p[0]! + t * (q[0]! - p[0]!), p[1]! + t * (q[1]! - p[1]!)];
    return inside(p) ? [p, crossing] : [crossing];
  });
}

const area = (ring: Position[]) =>
  ring.reduce((sum, p, at) => {
    const q = ring[(at + 1) % ring.length]!;
    return sum + (p[0]! * q[1]! - q[0]! * p[1]!) / 2;
  }, 0);

const ringsOf = (feature: VectorTileFeature): Position[][] =>
  feature.loadGeometry().map((ring) => ring.slice(0, -1).map(({ x, y }) => [x, y]));

/** Area within the tile's own square, without its buffer, tile units squared. */
const areaInTile = (feature: VectorTileFeature) =>
  ringsOf(feature).reduce(
    (sum, ring) => sum + area(cut(cut(cut(cut(ring, 0, 0, 1), 0, EXTENT, -1), 1, 0, 1), 1, EXTENT, -1)),
    0,
  );

/** Where a feature's rings cross the tile's vertical line `x`, in tile units, and how steeply. */
const crossings = (feature: VectorTileFeature, x: number): { y: number; steepness: number }[] =>
  ringsOf(feature)
    .flatMap((ring) =>
      ring.flatMap((p, at) => {
        const q = ring[(at + 1) % ring.length]!;
        if (p[0]! < x === q[0]! < x) return [];
        const slope = (q[1]! - p[1]!) / (q[0]! - p[0]!);
        return [{ y: p[1]! + (x - p[0]!) * slope, steepness: Math.abs(slope) }];
      }),
    )
    .filter(({ y }) => y > 0 && y < EXTENT)
    .sort((a, b) => a.y - b.y);

/** Ring of degrees → tile units of zoom 16, over the whole world. */
const toUnits = ([longitude, latitude]: Position): Position => {
  const sin = Math.sin((latitude! * Math.PI) / 180);
  const world = 2 ** 16 * EXTENT;
  return [(longitude! / 360 + 0.5) * world, (0.5 - (0.25 * Math.log((1 + sin) / (1 - sin))) / Math.PI) * world];
};

suite('tiles of a coverage', async () => {
  const side = 14;
  const { revisionId, report } = await make('01', crookedCoverage(side, 130));
  const tiles = await storedTiles(revisionId);

  test('from the zoom of about one tile to 16, as the revision says', async () => {
    const { rows } = await pool.query('select zoom_min, zoom_max, rapport from production.revision where id = $1', [
      revisionId,
    ]);
    assert.deepEqual([rows[0].zoom_min, rows[0].zoom_max], [13, 16]);
    assert.deepEqual(rows[0].rapport.tiles, report);
    assert.deepEqual([report.count, report.zoomsLeftOut], [tiles.length, []]);
    assert.deepEqual([...new Set(tiles.map(({ z }) => z))], [13, 14, 15, 16]);
    assert.ok(tiles.filter(({ z }) => z === 13).length <= 4);
  });

  test('inside, every tile of every zoom is covered without gap or overlap', () => {
    let whole = 0;
    for (const { z, x, y, features } of tiles) {
      const covered = features.reduce((sum, feature) => sum + areaInTile(feature), 0);
      assert.ok(covered <= EXTENT ** 2 + 1e-3, `${z}/${x}/${y}: ${covered}`);
      if (Math.abs(covered - EXTENT ** 2) < 1e-3) whole++;
    }
    assert.ok(whole > 5, `${whole} tiles lie wholly inside`);
  });

  test('at zoom 16 the pieces of an object add up to it, within the rounding to tile units', async () => {
    const { rows } = await pool.query<{ rang: number; geojson: string }>(
      'select rang, geojson_wgs84 as geojson from production.occupation_sol where revision_id = $1',
      [revisionId],
    );
    const deepest = tiles.filter(({ z }) => z === 16).flatMap(({ features }) => features);
    for (const { rang, geojson } of rows) {
      const ring = (JSON.parse(geojson).coordinates[0] as Position[]).map(toUnits);
      const wanted = Math.abs(area(ring.slice(0, -1)));
      const found = deepest.filter(({ id }) => id === rang).reduce((sum, feature) => sum + areaInTile(feature), 0);
      const perimeter = ring.reduce(
        (sum, p, i) => sum + (i ? Math.hypot(p[0]! - ring[i - 1]![0]!, p[1]! - ring[i - 1]![1]!) : 0),
        0,
      );
      assert.ok(Math.abs(found - wanted) < perimeter, `object ${rang}: ${found} units² of ${wanted}`);
    }
  });

  test('edges go on in the next tile', () => {
    let compared = 0;
    for (const left of tiles) {
      const right = tiles.find(({ z, x, y }) => z === left.z && x === left.x + 1 && y === left.y);
      for (const feature of left.features) {
        const other = right?.features.find(({ id }) => id === feature.id);
        const [here, there] = [crossings(feature, EXTENT), other ? crossings(other, 0) : []];
        assert.equal(here.length, there.length, `object ${feature.id} of ${left.z}/${left.x}/${left.y}`);
        // Both ends of a clipped edge are rounded to units, in x too; two units are a quarter of a pixel on a screen.
        for (const [at, { y, steepness }] of here.entries()) {
          assert.ok(Math.abs(y - there[at]!.y) <= 2 + steepness, `${y} goes on at ${there[at]!.y}`);
        }
        compared += here.length;
      }
    }
    assert.ok(compared > 50);
  });

  test('rings wind as the specification wants: outer rings first', () => {
    for (const { features } of tiles) {
      for (const feature of features) {
        for (const polygon of classifyRings(feature.loadGeometry())) {
          const areas = polygon.map((ring) => area(ring.slice(0, -1).map(({ x, y }) => [x, y])));
          assert.ok(areas[0]! > 0 && areas.slice(1).every((hole) => hole < 0));
        }
      }
    }
  });

  test('however the cells are cut, the same tiles', async () => {
    const again = await make(
      '02',
      crookedCoverage(side, 130).map((parcel, i) => ({ ...parcel, id: `OCSGE2022${String(i + 1).padStart(15, '0')}` })),
      {
        cellMaxObjects: 20,
      },
    );
    assert.ok(again.report.zoomMin > 14, `cells were cut down to zoom ${again.report.zoomMin}`);
    const geometryOf = (list: Tile[]) =>
      list
        .filter(({ z }) => z >= again.report.zoomMin)
        .map(({ z, x, y, features }) => [z, x, y, features.map((feature) => [feature.id, ringsOf(feature)])]);
    assert.deepEqual(geometryOf(await storedTiles(again.revisionId)), geometryOf(tiles));
  });
});

suite('tiles', () => {
  test('carry the attributes and nothing that is null', async () => {
    const { revisionId } = await make('03', [{ cs: 'CS1.1.1.1', us: 'US5', rings: [rectangle(0, 0, 10.04, 10)] }]);
    const [tile] = await storedTiles(revisionId);
    assert.deepEqual(
      [tile!.features[0]!.id, { ...tile!.features[0]!.properties }],
      [
        1,
        {
          id: 'OCSGE2022000000000000001',
          code_cs: 'CS1.1.1.1',
          code_us: 'US5',
          artificiel: true,
          impermeable: true,
          ossature: 0,
          aire_m2: 100,
          confiance: 0.875,
          us_rule: 'test',
          millesime: 2022,
          departement: '03',
        },
      ],
    );
  });

  test('with nothing in them are not stored; made again they are the same', async () => {
    const field = { cs: 'CS2.2.1', us: 'US1.1' };
    const parcels = [
      { ...field, rings: [rectangle(0, 0, 50, 50)] },
      { ...field, rings: [rectangle(3_000, 3_000, 3_050, 3_050)] },
    ];
    const { revisionId, table, report } = await make('04', parcels);
    const stored = await storedBytes(revisionId);
    assert.ok(stored.length < 40, `${stored.length} of the extent's ${(4 ** (17 - report.zoomMin) - 1) / 3} tiles`);
    for (const { features } of await storedTiles(revisionId)) assert.ok(features.length > 0);
    await makeTiles(database, revisionId, table, context());
    assert.deepEqual(await storedBytes(revisionId), stored);
  });

  test('too heavy at a low zoom: that zoom is left out whole, and the report says so', async () => {
    const parcels = crookedCoverage(12, 130);
    const { revisionId, report } = await make('05', parcels, { tileMaxBytes: 1_500 });
    assert.ok(report.zoomsLeftOut.length > 0);
    assert.deepEqual(report.zoomsLeftOut.at(-1), report.zoomMin - 1);
    for (const { z, mvt_gzip } of await storedBytes(revisionId)) {
      assert.ok(z >= report.zoomMin && (z === 16 || mvt_gzip.length <= 1_500), `zoom ${z}: ${mvt_gzip.length} bytes`);
    }
  });

  test('stopped on request', async () => {
    const { revisionId, table } = await loadRevision(database, '06', 2022, crookedCoverage(2, 100));
    await assert.rejects(makeTiles(database, revisionId, table, context(AbortSignal.abort())), { name: 'Stopped' });
  });

  test('of three parcels and a pond, to the unit', async () => {
    const { revisionId } = await make(
      '07',
      [
        { cs: 'CS2.2.1', us: 'US1.1', rings: [rectangle(0, 0, 300, 200), rectangle(100, 50, 150, 100)] },
        { cs: 'CS1.2.2', us: 'US1.1', rings: [rectangle(100, 50, 150, 100)] },
        { cs: 'CS1.1.1.1', us: 'US5', rings: [rectangle(300, 0, 300.02, 200)] },
      ],
      { zoomMax: 15 },
    );
    const text = (await storedTiles(revisionId)).map(describe).join('');
    const golden = new URL('../../golden/three-parcels.mvt.txt', import.meta.url);
    if (process.env['OCSGE_BLESS']) writeFileSync(golden, text);
    assert.equal(text, readFileSync(golden, 'utf8'));
  });
});

const describe = ({ z, x, y, features }: Tile) =>
  `${z}/${x}/${y}\n${features
    .map((feature) => {
      const { code_cs, code_us, aire_m2 } = feature.properties;
      const rings = ringsOf(feature).map((ring) => `    ${ring.map((p) => p.join(' ')).join(', ')}\n`);
      return `  ${feature.id} ${code_cs} ${code_us} ${aire_m2} m2\n${rings.join('')}`;
    })
    .join('')}`;
