-- Ground inside the extent that is no object: what no image knows, and what of others the limit goes round. The objects leave it
-- and no more: it belongs to the proof of a coverage, which is made again when a revision is published again.
create table production.sol_inconnu (
  revision_id bigint not null references production.revision on delete cascade,
  rang        integer not null,   -- 1, 2, 3 … within the revision
  geom        geometry not null,
  primary key (revision_id, rang)
);
create index sol_inconnu_geom on production.sol_inconnu using gist (geom);

-- Edges of a revision on its way between two objects of the ossature, between two of one couverture, or between the ossature and
-- ground of no object. There while the rules about neighbours are looked at; a crash loses them, and the load with them.
create unlogged table production.arete_commune (
  revision_id bigint not null references production.revision on delete cascade,
  objet       integer not null,   -- rangs of the objects on its two sides
  voisin      integer,            -- null: ground of no object
  geom        geometry not null   -- from one vertex to the next
);
create index arete_commune_objet on production.arete_commune (revision_id, objet);

-- A piece of the ossature that reaches nothing and covers less than this floats. Null: the product's rules were not applied.
alter table production.revision add column ossature_isolee_m2 double precision;

-- A small piece that goes on below the ground is listed, as what is below a unit or a width.
alter table production.exception
  drop constraint exception_regle_check,
  add constraint exception_regle_check check (regle in ('surface', 'largeur', 'flottant'));
