/** The statements of making a pair, whole. */

/** What the two dates say of one piece of ground. */
const CLASSES = (a: string, b: string) =>
  `${a}.code_cs, ${a}.code_us, ${a}.artificiel, ${a}.impermeable, ${b}.code_cs, ${b}.code_us, ${b}.artificiel, ${b}.impermeable`;

const DIFFER = (a: string, b: string) =>
  `(${a}.code_cs, ${a}.code_us, ${a}.artificiel, ${a}.impermeable) is distinct from
   (${b}.code_cs, ${b}.code_us, ${b}.artificiel, ${b}.impermeable)`;

const PIECE_COLUMNS = `travail, rang_avant, rang_apres, partie, id_avant, id_apres,
  cs_avant, us_avant, artificiel_avant, impermeable_avant, cs_apres, us_apres, artificiel_apres, impermeable_apres,
  aire_dm2, geom, geojson_wgs84`;

/**
 * Objects of identical geometry, of revisions $2 and $3, for fingerprints from $4 to $5: one of each date at a time, the n-th with the n-th when a
 * geometry occurs several times (a delivery may hold it twice). Those whose classes differ become pieces; those without a
 * partner are the rest. Reads both partitions through, once per range.
 */
export const MATCH_IDENTICAL = `
  with a as (
    select *, row_number() over (partition by empreinte order by code_cs, code_us, artificiel, impermeable, rang) as n
      from production.occupation_sol where revision_id = $2 and empreinte between $4 and $5
  ), b as (
    select *, row_number() over (partition by empreinte order by code_cs, code_us, artificiel, impermeable, rang) as n
      from production.occupation_sol where revision_id = $3 and empreinte between $4 and $5
  ), couple as materialized (
    select a.rang as rang_avant, b.rang as rang_apres, round(ST_Area(a.geom) * 100)::bigint as aire_dm2,
           ${DIFFER('a', 'b')} as differe
      from a join b using (empreinte, n)
  ), reste as (
    insert into production.paire_reste (travail, cote, rang, aire_m2)
    select $1::uuid, 'avant', rang, ST_Area(geom) from a where not exists (select from couple c where c.rang_avant = a.rang)
    union all
    select $1::uuid, 'apres', rang, ST_Area(geom) from b where not exists (select from couple c where c.rang_apres = b.rang)
  ), piece as (
    insert into production.paire_piece (${PIECE_COLUMNS})
    select $1::uuid, a.rang, b.rang, 1, a.id, b.id, ${CLASSES('a', 'b')}, c.aire_dm2, b.geom, b.geojson_wgs84
      from couple c join a on a.rang = c.rang_avant join b on b.rang = c.rang_apres
     where c.differe and c.aire_dm2 > 0
    returning 1
  )
  select count(*)::int as identiques, coalesce(sum(aire_dm2), 0)::bigint as aire_dm2, (select count(*)::int from piece) as pieces
    from couple`;

/**
 * $5 objects of the rest of revision $2 after rang $4, laid over the rest of revision $3. Ground whose classes differ becomes
 * pieces, one a part, numbered from the west; parts that round to 0 dm² are the noise of computing with floats. Returns what
 * ground each pair shares, equal classes or not, and a row that sums the batch up. Indexes: paire_reste's primary key, the
 * partitions' primary key (first) and gist on geom (second).
 */
export const OVERLAY = `
  with lot as materialized (
    select rang from production.paire_reste where travail = $1 and cote = 'avant' and rang > $4 order by rang limit $5
  ), a as materialized (
    select o.* from lot join production.occupation_sol o on o.revision_id = $2 and o.rang = lot.rang
  ), couple as materialized (
    select a.rang as rang_avant, b.rang as rang_apres, a.id as id_avant, b.id as id_apres,
           a.code_cs as cs_avant, a.code_us as us_avant, a.artificiel as artificiel_avant, a.impermeable as impermeable_avant,
           b.code_cs as cs_apres, b.code_us as us_apres, b.artificiel as artificiel_apres, b.impermeable as impermeable_apres,
           ${DIFFER('a', 'b')} as differe, production.surface_commune(a.geom, b.geom) as geom
      from a
      cross join lateral (
        select * from production.occupation_sol o
         where o.revision_id = $3 and o.geom && a.geom
           and exists (select from production.paire_reste r where r.travail = $1 and r.cote = 'apres' and r.rang = o.rang)
        offset 0   -- keeps the planner from turning the loop over a few objects inside out
      ) b
  ), partie as (
    select c.*, d.geom as surface,
           row_number() over (partition by rang_avant, rang_apres order by ST_XMin(d.geom), ST_YMin(d.geom), ST_Area(d.geom))::int
             as partie, round(ST_Area(d.geom) * 100)::bigint as aire_dm2
      from couple c cross join lateral ST_Dump(c.geom) d
     where c.differe and round(ST_Area(d.geom) * 100) > 0
  ), piece as (
    insert into production.paire_piece (${PIECE_COLUMNS})
    select $1::uuid, rang_avant, rang_apres, partie, id_avant, id_apres, cs_avant, us_avant, artificiel_avant, impermeable_avant,
           cs_apres, us_apres, artificiel_apres, impermeable_apres, aire_dm2, surface,
           ST_AsGeoJSON(ST_ForcePolygonCCW(ST_Transform(surface, 4326)), 7)
      from partie
    returning 1
  )
  select rang_avant, rang_apres, ST_Area(geom) as aire_m2, null::int as dernier, 0 as pieces
    from couple where not ST_IsEmpty(geom)
   union all
  select null, null, 0, (select max(rang) from lot), (select count(*)::int from piece)`;

/** The rest of one date, with areas. Index: paire_reste's primary key. */
export const REST = `
  select rang, aire_m2 from production.paire_reste where travail = $1 and cote = $2 and rang > $3 order by rang limit 10000`;

/** Ground of the objects $3 of revision $1 that nothing of revision $2 covers, dm². Indexes: primary key, gist on geom. */
export const ALONE = `
  select coalesce(sum(round(ST_Area(coalesce(production.surface_seule(o.geom, x.geom), o.geom)) * 100)), 0)::bigint as aire_dm2
    from production.occupation_sol o
    left join lateral (
      select ST_Union(x.geom, 0.00001) as geom from production.occupation_sol x where x.revision_id = $2 and x.geom && o.geom
    ) x on true
   where o.revision_id = $1 and o.rang = any($3::int[])`;

/**
 * Surfaces cut by the communes of département $1 as the stocks cut objects: rounded once per cut piece, to whole dm². The row
 * without classes sums the batch up. Index: territoire_departement.
 */
const FLUX = (surfaces: string) => `
  with objet as materialized (
    ${surfaces}
  ), piece as materialized (
    select o.numero, t.code as commune,
           case when ST_Covers(t.geom, o.geom) then o.aire
                else ST_Area(production.surface_commune(o.geom, t.geom)) end as aire
      from objet o
      join production.territoire t on t.niveau = 'commune' and t.departement = $1 and t.geom && o.geom
  ), tout as (
    select numero, commune, aire from piece
    union all
    select o.numero, null, o.aire - coalesce(sum(p.aire), 0)
      from objet o left join piece p using (numero) group by o.numero, o.aire
  )
  select commune, cs_avant, us_avant, artificiel_avant, impermeable_avant, cs_apres, us_apres, artificiel_apres,
         impermeable_apres, sum(greatest(round(tout.aire * 100), 0))::bigint as aire_dm2, null::bigint as dernier
    from tout join objet using (numero)
   group by commune, cs_avant, us_avant, artificiel_avant, impermeable_avant, cs_apres, us_apres, artificiel_apres,
            impermeable_apres
   union all
  select null, null, null, null, null, null, null, null, null, 0, (select max(numero) from objet)`;

/** $3 pieces of travail $4 after number $2. Index: paire_piece's primary key. */
export const FLUX_OF_PIECES = FLUX(`
    select *, ST_Area(geom) as aire from production.paire_piece where travail = $4 and numero > $2 order by numero limit $3`);

/** $3 differences of the pair of revisions $4 and $5 after rang $2. Index: difference's primary key. */
export const FLUX_OF_DIFFERENCES = FLUX(`
    select *, rang::bigint as numero, ST_Area(geom) as aire from production.difference
     where revision_avant = $4 and revision_apres = $5 and rang > $2 order by rang limit $3`);

/** The pair; no row when another process made it meanwhile. */
export const INSERT_PAIR = `
  insert into production.difference_paire
    (revision_avant, revision_apres, departement, millesime_avant, millesime_apres, nombre, identiques, aire_comparee_dm2,
     aire_avant_seule_dm2, aire_apres_seule_dm2)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing returning nombre`;

/** The pieces of travail $1, in the order of the objects they come from. Index: paire_piece's primary key. */
export const INSERT_DIFFERENCES = `
  insert into production.difference
    (revision_avant, revision_apres, rang, id, id_avant, id_apres, cs_avant, us_avant, artificiel_avant, impermeable_avant,
     cs_apres, us_apres, artificiel_apres, impermeable_apres, aire_dm2, geom, geojson_wgs84)
  select $2, $3, row_number() over (order by rang_avant, rang_apres, partie), id_avant || '-' || id_apres || '-' || partie,
         id_avant, id_apres, cs_avant, us_avant, artificiel_avant, impermeable_avant, cs_apres, us_apres, artificiel_apres,
         impermeable_apres, aire_dm2, geom, geojson_wgs84
    from production.paire_piece where travail = $1`;

/** The flows $3 of the pair of revisions $1 and $2, in place of those that were there. Index: statistique_flux_paire. */
export const REPLACE_FLUX = `
  with ancien as (delete from production.statistique_flux where revision_avant = $1 and revision_apres = $2)
  insert into production.statistique_flux
    (revision_avant, revision_apres, commune, cs_avant, us_avant, artificiel_avant, impermeable_avant,
     cs_apres, us_apres, artificiel_apres, impermeable_apres, aire_dm2)
  select $1, $2, commune, cs_avant, us_avant, artificiel_avant, impermeable_avant,
         cs_apres, us_apres, artificiel_apres, impermeable_apres, aire_dm2
    from jsonb_to_recordset($3::jsonb)
      as r(commune text, cs_avant text, us_avant text, artificiel_avant boolean, impermeable_avant boolean,
           cs_apres text, us_apres text, artificiel_apres boolean, impermeable_apres boolean, aire_dm2 bigint)
   order by commune nulls last, cs_avant, us_avant, cs_apres, us_apres, artificiel_avant, artificiel_apres`;
