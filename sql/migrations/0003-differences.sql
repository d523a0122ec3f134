-- What the making of a pair of millésimes needs (pipeline/changes).

-- The ground two valid surfaces share: polygons only, empty when they merely touch. Computed on a grid of 10 µm: without one,
-- nearly coincident edges make GEOS throw and try again, and on the embedded engine a throw ends the statement without a word.
create function production.surface_commune(a geometry, b geometry) returns geometry
language sql immutable parallel safe
return ST_CollectionExtract(ST_Intersection(a, b, 0.00001), 3);

-- The ground of `a` that `b` leaves, in the same way.
create function production.surface_seule(a geometry, b geometry) returns geometry
language sql immutable parallel safe
return ST_CollectionExtract(ST_Difference(a, b, 0.00001), 3);

-- Work in progress, seen by nobody else: the embedded engine has no temporary tables. `travail` names one making of one pair;
-- its rows go when it ends, and a killed one's when the next starts.
create table production.paire_reste (     -- objects without one of identical geometry at the other date
  travail uuid not null,
  cote    text not null check (cote in ('avant', 'apres')),
  rang    integer not null,
  aire_m2 double precision not null,
  primary key (travail, cote, rang)
);

create table production.paire_piece (     -- rows of `difference` to be
  travail           uuid not null,
  numero            bigint generated always as identity,
  rang_avant        integer not null,
  rang_apres        integer not null,
  partie            integer not null,
  id_avant          text not null,
  id_apres          text not null,
  cs_avant          text not null,
  us_avant          text not null,
  artificiel_avant  boolean not null,
  impermeable_avant boolean not null,
  cs_apres          text not null,
  us_apres          text not null,
  artificiel_apres  boolean not null,
  impermeable_apres boolean not null,
  aire_dm2          bigint not null,
  geom              geometry not null,
  geojson_wgs84     text not null,
  primary key (travail, numero)
);

create table production.paire_travail (
  travail    uuid primary key,
  created_at timestamptz not null default now()
);
