-- What revision $2 says of itself, for revision $1 of the same objects; $3: what is new of it (primary key of revision).
update production.revision n
   set nombre_objets = o.nombre_objets, aire_m2 = o.aire_m2, est_couverture = o.est_couverture,
       superposition_m2 = o.superposition_m2, emprise_wgs84 = o.emprise_wgs84, emprise_locale = o.emprise_locale,
       nombre_zones = o.nombre_zones, tolerance_largeur_m = o.tolerance_largeur_m,
       tolerance_ossature_m = o.tolerance_ossature_m, ossature_isolee_m2 = o.ossature_isolee_m2,
       rapport = o.rapport || $3::jsonb
  from production.revision o
 where n.id = $1 and o.id = $2;
