-- Objects $3 to $4 of revision $2, but those of rangs $5, as they are (primary key of its partition).
insert into {{partition}} (revision_id, rang, id, code_cs, code_us, departement, millesime, source, ossature, id_origine, code_or,
    aire_m2, artificiel, critere_seuil, impermeable, confiance, us_source, us_rule, us_share, empreinte, geom, geojson_wgs84)
select $1::bigint, rang, id, code_cs, code_us, departement, millesime, source, ossature, id_origine, code_or,
       aire_m2, artificiel, critere_seuil, impermeable, confiance, us_source, us_rule, us_share, empreinte, geom, geojson_wgs84
  from production.occupation_sol
 where revision_id = $2 and rang between $3 and $4 and rang <> all ($5::int[]);
