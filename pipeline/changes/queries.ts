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
 * Objects of the rest of side $2 (revision $3) of travail $1, whole, after rang $4: at most 1 000, and no more once they have
 * $5 vertices. Returns the last. Indexes: paire_reste's primary key, the partition's.
 */
export const PARTS = `
  with objet as (
    select o.rang, o.geom, ST_NPoints(o.geom) as points
      from (select rang from production.paire_reste where travail = $1 and cote = $2 and rang > $4 order by rang limit 1000) r
      join production.occupation_sol o on o.revision_id = $3 and o.rang = r.rang
  ), lot as (
    select * from (select *, sum(points) over (order by rang) - points as deja from objet) o where deja < $5
  ), morceau as (
    insert into production.paire_morceau (travail, cote, rang, entier, points, geom)
    select $1::uuid, $2, rang, true, points, geom from lot order by rang returning rang
  )
  select max(rang) as dernier from morceau`;

/** Parts of travail $1 with more than $2 vertices, wider or higher than a metre: below that, cutting leads nowhere. */
export const GIANTS = `
  select cote, numero, points from production.paire_morceau
   where travail = $1 and points > $2 and greatest(ST_XMax(geom) - ST_XMin(geom), ST_YMax(geom) - ST_YMin(geom)) > 1
   order by cote, numero limit 1000`;

/** The south-west (east when $4 = 1, north when $5 = 1) quarter of a part. Index: paire_morceau's primary key. */
export const QUARTER = `
  with morceau as (
    select *, ST_XMin(geom) + $4::int * l as x, ST_YMin(geom) + $5::int * h as y
      from production.paire_morceau
      cross join lateral (select (ST_XMax(geom) - ST_XMin(geom)) / 2 as l, (ST_YMax(geom) - ST_YMin(geom)) / 2 as h) demi
     where travail = $1 and cote = $2 and numero = $3
  )
  insert into production.paire_morceau (travail, cote, rang, entier, points, geom)
  select travail, cote, rang, false, ST_NPoints(d.geom), d.geom
    from morceau m
    cross join lateral ST_Dump(
      production.surface_commune(m.geom, ST_MakeEnvelope(x, y, x + l, y + h, ST_SRID(m.geom)))) d
   order by d.path`;

/** Pieces of the surfaces of `couple`, one a part, numbered from the west; those of 0 dm² are the noise of computing with floats. */
const PIECES = `
  partie as (
    select c.*, d.geom as surface,
           row_number() over (partition by rang_avant, rang_apres order by ST_XMin(d.geom), ST_YMin(d.geom), ST_Area(d.geom))::int
             as partie, round(ST_Area(d.geom) * 100)::bigint as aire_dm2
      from couple c cross join lateral ST_Dump(c.geom) d
     where c.differe and c.entier and round(ST_Area(d.geom) * 100) > 0
  ), piece as (
    insert into production.paire_piece (${PIECE_COLUMNS})
    select $1::uuid, rang_avant, rang_apres, partie, id_avant, id_apres, cs_avant, us_avant, artificiel_avant, impermeable_avant,
           cs_apres, us_apres, artificiel_apres, impermeable_apres, aire_dm2, surface,
           published.geojson(ST_ForcePolygonCCW(ST_Transform(surface, 4326)), 7)
      from partie
    returning 1
  )`;

const COUPLE = `
    select a.rang as rang_avant, b.rang as rang_apres, a.id as id_avant, b.id as id_apres,
           a.code_cs as cs_avant, a.code_us as us_avant, a.artificiel as artificiel_avant, a.impermeable as impermeable_avant,
           b.code_cs as cs_apres, b.code_us as us_apres, b.artificiel as artificiel_apres, b.impermeable as impermeable_apres`;

/**
 * Parts of the rest of revision $2 after number $4, laid over those of revision $3: at most 300, and no more once they have $5
 * vertices. Ground whose classes differ becomes pieces where both objects are whole, else fragments. Returns what ground each
 * pair shares, equal classes or not, and a row that sums the batch up. Indexes: paire_morceau's primary key (first) and
 * paire_morceau_geom (second), the partitions' primary key.
 */
export const OVERLAY = `
  with suite as (
    select *, sum(points) over (order by numero) - points as deja
      from (select * from production.paire_morceau where travail = $1 and cote = 'avant' and numero > $4 order by numero limit 300) m
  ), lot as materialized (
    select * from suite where deja < $5
  ), couple as materialized (${COUPLE},
           ${DIFFER('a', 'b')} as differe, lot.entier and m.entier as entier, production.surface_commune(lot.geom, m.geom) as geom
      from lot
      cross join lateral (
        select * from production.paire_morceau m where m.travail = $1 and m.cote = 'apres' and m.geom && lot.geom
        offset 0   -- keeps the planner from turning the loop over a few parts inside out
      ) m
      join production.occupation_sol a on a.revision_id = $2 and a.rang = lot.rang
      join production.occupation_sol b on b.revision_id = $3 and b.rang = m.rang
  ), ${PIECES}, fragment as (
    insert into production.paire_fragment (travail, rang_avant, rang_apres, geom)
    select $1::uuid, rang_avant, rang_apres, geom from couple where differe and not entier and not ST_IsEmpty(geom)
  )
  select rang_avant, rang_apres, sum(ST_Area(geom)) as aire_m2, null::bigint as dernier, 0 as pieces
    from couple where not ST_IsEmpty(geom) group by rang_avant, rang_apres
   union all
  select null, null, 0, (select max(numero) from lot), (select count(*)::int from piece)`;

/**
 * The fragments of pairs of objects after ($4, $5), put together again over the cuts and made pieces: at most 300 pairs, and no
 * more once they have $6 vertices. Returns the last pair, nulls when none was left. Indexes: paire_fragment's primary key, the partitions'.
 */
export const JOIN_FRAGMENTS = `
  with suite as (
    select *, sum(points) over (order by rang_avant, rang_apres) - points as deja
      from (select rang_avant, rang_apres, sum(ST_NPoints(geom)) as points from production.paire_fragment
             where travail = $1 and (rang_avant, rang_apres) > ($4::int, $5::int)
             group by rang_avant, rang_apres order by rang_avant, rang_apres limit 300) f
  ), lot as materialized (
    select * from suite where deja < $6
  ), couple as materialized (${COUPLE}, true as differe, true as entier, f.geom
      from lot
      cross join lateral (
        select ST_Union(geom, 0.00001 order by numero) as geom from production.paire_fragment f
         where f.travail = $1 and f.rang_avant = lot.rang_avant and f.rang_apres = lot.rang_apres
      ) f
      join production.occupation_sol a on a.revision_id = $2 and a.rang = lot.rang_avant
      join production.occupation_sol b on b.revision_id = $3 and b.rang = lot.rang_apres
  ), ${PIECES}
  select (select count(*)::int from piece) as pieces, d.rang_avant, d.rang_apres
    from (select 1) as one
    left join (select rang_avant, rang_apres from lot order by rang_avant desc, rang_apres desc limit 1) d on true`;

/** The rest of one date, with areas. Index: paire_reste's primary key. */
export const REST = `
  select rang, aire_m2 from production.paire_reste where travail = $1 and cote = $2 and rang > $3 order by rang limit 10000`;

/**
 * Ground of the objects $4 of side $2 of travail $1 that nothing of revision $3 covers, m² by rang: parts after number $5, no
 * more once they and what they lie on have $6 vertices. What covers is taken only from around the part. A row without rang
 * sums the batch up. Indexes: paire_morceau's primary key, the partition's gist on geom.
 */
export const ALONE = `
  with suite as (
    select m.*, c.points,
           sum(c.points) over (order by numero) - c.points as deja
      from (select numero, rang, geom, points as propres, ST_Expand(geom, 1) as autour from production.paire_morceau
             where travail = $1 and cote = $2 and rang = any($4::int[]) and numero > $5 order by numero limit 100) m
      cross join lateral (
        select m.propres + coalesce(sum(ST_NPoints(x.geom)), 0) as points
          from production.occupation_sol x where x.revision_id = $3 and x.geom && m.geom
      ) c
  ), lot as materialized (
    select * from suite where deja < $6
  )
  select rang, ST_Area(coalesce(production.surface_seule(lot.geom, x.geom), lot.geom)) as aire_m2, null::bigint as dernier
    from lot
    left join lateral (
      select ST_Union(case when x.geom @ lot.autour then x.geom
                           else production.surface_commune(x.geom, ST_Envelope(lot.autour)) end, 0.00001) as geom
        from production.occupation_sol x where x.revision_id = $3 and x.geom && lot.geom
    ) x on true
   union all
  select null, 0, (select max(numero) from lot)`;

/**
 * Surfaces cut by the communes of département $1 as the stocks cut objects: rounded once per cut piece, to whole dm²; no more
 * once they have $3 vertices (16 bytes each: ST_MemSize reads no surface). The row without classes sums the batch up. Index: territoire_departement.
 */
const FLUX = (surfaces: string) => `
  with suite as (
    select *, sum(ST_MemSize(geom) / 16) over (order by numero) - ST_MemSize(geom) / 16 as deja from (${surfaces}) s
  ), objet as materialized (
    select *, ST_Area(geom) as aire from suite where deja < $3
  ), piece as materialized (
    select o.numero, t.code as commune,
           case when ST_Covers(t.geom, o.geom) then o.aire
                else ST_Area(production.surface_commune(o.geom, t.geom)) end as aire
      from objet o
      join production.territoire t on t.niveau = 'commune' and t.departement = $1 and t.geom && o.geom
       and ST_SRID(t.geom) = ST_SRID(o.geom)
  ), tout as (
    select numero, commune, aire from piece
    union all
    select o.numero, null, o.aire - coalesce(sum(p.aire), 0)
      from objet o left join piece p using (numero) group by o.numero, o.aire
  )
  select commune, cs_avant, us_avant, artificiel_avant, impermeable_avant, cs_apres, us_apres, artificiel_apres,
         impermeable_apres, sum(greatest(round(tout.aire * 100), 0))::bigint as aire_dm2, null::bigint as dernier, 0 as nombre
    from tout join objet using (numero)
   group by commune, cs_avant, us_avant, artificiel_avant, impermeable_avant, cs_apres, us_apres, artificiel_apres,
            impermeable_apres
   union all
  select null, null, null, null, null, null, null, null, null, 0, (select max(numero) from objet), (select count(*)::int from objet)`;

/** Pieces of travail $4 after number $2. Index: paire_piece's primary key. */
export const FLUX_OF_PIECES = FLUX(`
    select * from production.paire_piece where travail = $4 and numero > $2 order by numero limit 2000`);

/** Differences of the pair of revisions $4 and $5 after rang $2. Index: difference's primary key. */
export const FLUX_OF_DIFFERENCES = FLUX(`
    select *, rang::bigint as numero from production.difference
     where revision_avant = $4 and revision_apres = $5 and rang > $2 order by rang limit 2000`);

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
