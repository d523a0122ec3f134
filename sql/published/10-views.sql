-- What the server reads, and nothing else. Remade whole whenever this text changes (sql/migrate.ts).

create view published.nomenclature as
  select code, dimension, parent, libelle, couleur, feuille, rang from production.nomenclature;

create view published.matrice_artificialisation as
  select code_cs, code_us, artificiel, impermeable from production.matrice_artificialisation;

-- `ecriture`: the transaction that wrote the row, so that a reader can tell whether anything has changed since.
create view published.territoire as
  select niveau, code, nom, departement, parent, annee, attribution, aire_m2, geom, geojson_wgs84, xmin::text::bigint as ecriture
    from production.territoire;

-- One row per published millésime, with what its current revision says of itself.
create view published.millesime as
  select m.departement, m.millesime, m.cycle, m.image_debut, m.image_fin, m.origine, m.etat, m.attribution, m.licence,
         m.licence_url, m.srid, r.id as revision_id, r.nombre_objets, r.aire_m2, r.est_couverture, r.superposition_m2,
         r.emprise_wgs84, r.emprise_locale, r.rapport, r.zoom_min, r.zoom_max, r.created_at, r.nombre_zones
    from production.millesime m
    join production.revision r on r.id = m.revision_courante;

-- Every revision a reader may still hold a link to.
create view published.revision as
  select id, departement, millesime, srid, nombre_objets, emprise_wgs84, emprise_locale, zoom_min, zoom_max, created_at, superseded_at,
         nombre_zones
    from production.revision where etat = 'ready';

create view published.publication as
  select sequence, departement, millesime, revision_id, published_at from production.publication;

-- Objects of every revision a reader may hold a link to: say which (revision_id) by published.millesime.
create view published.occupation_sol as
  select revision_id, rang, id, code_cs, code_us, departement, millesime, source, ossature, id_origine, code_or, aire_m2,
         artificiel, critere_seuil, impermeable, confiance, us_source, us_rule, us_share, geom, geojson_wgs84
    from production.occupation_sol o
   where exists (select from production.revision r where r.id = o.revision_id and r.etat = 'ready'); -- primary key of revision

-- The zone construite of every revision a reader may hold a link to.
create view published.zone_construite as
  select z.revision_id, z.rang, z.id, r.departement, r.millesime, z.aire_m2, z.geom, z.geojson_wgs84
    from production.zone_construite z
    join production.revision r on r.id = z.revision_id and r.etat = 'ready'; -- primary key of revision

-- Pairs whose two revisions are both current.
create view published.difference_paire as
  select p.*
    from production.difference_paire p
    join production.millesime a on a.revision_courante = p.revision_avant
    join production.millesime b on b.revision_courante = p.revision_apres;

create view published.difference as select * from production.difference;
create view published.statistique_stock as select * from production.statistique_stock;
create view published.statistique_flux as select * from production.statistique_flux;
create view published.tile as select revision_id, z, x, y, mvt_gzip from production.tile;

create view published.job as
  select id, process_id, origine, token, status, progress, message, results, request, created_at, started_at, finished_at, updated_at
    from production.run;
