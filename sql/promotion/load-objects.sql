-- One batch of objects into the partition; one row comes back: count, area, extents, and what had to be mended.
-- $1 revision, $2 département, $3 millésime, $4 srid, $5 rang of the first, $6 mend invalid geometries; then one array a column.
-- A geometry that keeps no surface once mended is left out, and told.
with lu as materialized (
  select o.*, $5::int + o.n::int - 1 as rang, ST_Force2D(ST_GeomFromWKB(o.wkb, $4::int)) as brut
    from unnest($7::text[], $8::text[], $9::text[], $10::text[], $11::smallint[], $12::text[], $13::text[], $14::real[],
                $15::text[], $16::text[], $17::real[], $18::bytea[]) with ordinality
      as o(id, code_cs, code_us, source, ossature, id_origine, code_or, confiance, us_source, us_rule, us_share, wkb, n)
), juge as materialized (
  select *, ST_IsValid(brut) as valide from lu
), mende as materialized (
  select *, case when valide or not $6::boolean then brut
                 else ST_CollectionExtract(ST_MakeValid(brut, 'method=structure'), 3) end as parts
    from juge
), place as materialized (
  select p.*, g.geom, ST_Transform(g.geom, 4326) as geom_wgs84
    from mende p
   cross join lateral (select case when ST_NumGeometries(parts) = 1 then ST_GeometryN(parts, 1) else parts end as geom) g
), charge as (
  insert into {{partition}} (revision_id, rang, id, code_cs, code_us, departement, millesime, source, ossature, id_origine, code_or,
      aire_m2, artificiel, critere_seuil, impermeable, confiance, us_source, us_rule, us_share, empreinte, geom, geojson_wgs84)
  select $1::bigint, p.rang, p.id, p.code_cs, p.code_us, $2::text, $3::int, p.source, p.ossature, p.id_origine, p.code_or,
         ST_Area(p.geom), coalesce(m.artificiel, false), false, coalesce(m.impermeable, false), p.confiance, p.us_source,
         p.us_rule, p.us_share, md5(ST_AsBinary(p.geom))::uuid, p.geom, published.geojson(ST_ForcePolygonCCW(p.geom_wgs84), 7) -- RFC 7946, 3.1.6
    from place p
    left join production.matrice_artificialisation m using (code_cs, code_us)
   where not ST_IsEmpty(p.geom)
  returning aire_m2
)
select (select count(*) from charge) as nombre,
       (select coalesce(sum(aire_m2), 0) from charge) as aire_m2,
       array[min(ST_XMin(geom_wgs84)), min(ST_YMin(geom_wgs84)), max(ST_XMax(geom_wgs84)), max(ST_YMax(geom_wgs84))] as emprise_wgs84,
       array[min(ST_XMin(geom)), min(ST_YMin(geom)), max(ST_XMax(geom)), max(ST_YMax(geom))] as emprise_locale,
       coalesce(jsonb_agg(jsonb_build_object(
         'id', id, 'raison', ST_IsValidReason(brut), 'aire_avant_m2', ST_Area(brut), 'aire_apres_m2', ST_Area(geom),
         'publie', not ST_IsEmpty(geom)) order by rang) filter (where not valide and $6::boolean), '[]') as reparees
  from place;
