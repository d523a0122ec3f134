import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDeliveryName, readDeliveryPath } from '../../../pipeline/exchange/delivery-name.ts';

/** The patterns of IGN's archive names, and of the folders in them. */
const names: [string, string | undefined, number | undefined, number | undefined][] = [
  ['OCS-GE_2-0__GPKG_LAMB93_D062_2018-01-01', '62', 2018, 2154],
  ['OCS-GE_2-0__SHP_LAMB93_D001_2018-01-01', '01', 2018, 2154],
  ['OCS-GE_2-0__GPKG_LAMB93_D02A_2019-01-01', '2A', 2019, 2154],
  ['OCS-GE_2-0__SHP_RGAF09UTM20_D0971_2017-01-01', '971', 2017, 5490],
  ['OCS-GE_2-0__GPKG_RGR92UTM40S_D974_2022-01-01', '974', 2022, 2975],
  ['OCSGE_2-0_GPKG_LAMB93_D09-2022', '09', 2022, 2154],
  ['OCS_GE_1-1_2019_SHP_LAMB93_D032_2022-06-21', '32', 2019, 2154],
  ['OCS-GE_2-0__GPKG_LAMB93_D075_2021-01-01.gpkg', '75', 2021, 2154],
  ['OCCUPATION_SOL.gpkg', undefined, undefined, undefined],
  ['1_DONNEES_LIVRAISON_2025-05-00080', undefined, undefined, undefined],
];

for (const [name, departement, millesime, srid] of names) {
  test(`${name} is read`, () => assert.deepEqual(readDeliveryName(name), { departement, millesime, srid }));
}

test('the innermost folder that tells is the one believed', () => {
  const path =
    '/x/OCS-GE_2-0__GPKG_LAMB93_D062_2018-01-01/OCS-GE/1_DONNEES_LIVRAISON_2025-05-00080/OCSGE_2-0_GPKG_LAMB93_D09-2022/OCCUPATION_SOL.gpkg';
  assert.deepEqual(readDeliveryPath(path), { departement: '09', millesime: 2022, srid: 2154 });
});
