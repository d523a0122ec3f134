-- The zone construite of a revision: built-up ground, inside which the minimal unit of the objects is smaller.
create table production.zone_construite (
  revision_id   bigint not null references production.revision on delete cascade,
  rang          integer not null,   -- 1, 2, 3 … within the revision: the key pages are read by
  id            text not null,
  aire_m2       double precision not null,
  geom          geometry not null,
  geojson_wgs84 text not null,
  primary key (revision_id, rang)
);
create index zone_construite_geom on production.zone_construite using gist (geom);

alter table production.revision add column nombre_zones integer;   -- null: published without a zone construite
