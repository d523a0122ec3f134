-- One batch of the zone construite. $1 revision, $2 srid, $3 rang of the first, then one array a column.
insert into production.zone_construite (revision_id, rang, id, aire_m2, geom, geojson_wgs84)
select $1::bigint, $3::int + z.n::int - 1, z.id, ST_Area(g.geom), g.geom,
       published.geojson(ST_ForcePolygonCCW(ST_Transform(g.geom, 4326)), 7) -- RFC 7946, 3.1.6
  from unnest($4::text[], $5::bytea[]) with ordinality as z(id, wkb, n)
 cross join lateral (select ST_GeomFromWKB(z.wkb, $2::int) as geom) g;
