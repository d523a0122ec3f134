-- Objects of revision $2, by rang ($3), with geometries of more vertices ($4, WKB) on the same ground: all else is as it was, their
-- area to the bit (primary key of its partition).
insert into {{partition}} (revision_id, rang, id, code_cs, code_us, departement, millesime, source, ossature, id_origine, code_or,
    aire_m2, artificiel, critere_seuil, impermeable, confiance, us_source, us_rule, us_share, empreinte, geom, geojson_wgs84)
select $1::bigint, o.rang, o.id, o.code_cs, o.code_us, o.departement, o.millesime, o.source, o.ossature, o.id_origine, o.code_or,
       o.aire_m2, o.artificiel, o.critere_seuil, o.impermeable, o.confiance, o.us_source, o.us_rule, o.us_share,
       md5(ST_AsBinary(g.geom))::uuid, g.geom,
       published.geojson(ST_ForcePolygonCCW(ST_Transform(g.geom, 4326)), 7) -- RFC 7946, 3.1.6
  from unnest($3::int[], $4::bytea[]) as n(rang, wkb)
  join production.occupation_sol o on o.revision_id = $2 and o.rang = n.rang
 cross join lateral (select ST_GeomFromWKB(n.wkb, ST_SRID(o.geom)) as geom) g;
