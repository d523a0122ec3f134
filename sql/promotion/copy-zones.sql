-- The zone construite of revision $2, for revision $1 (primary key of zone_construite).
insert into production.zone_construite (revision_id, rang, id, aire_m2, geom, geojson_wgs84)
select $1::bigint, rang, id, aire_m2, geom, geojson_wgs84 from production.zone_construite where revision_id = $2;
