-- What the making of a pair of millésimes needs (pipeline/changes).

-- The ground two surfaces share: polygons only, empty when they merely touch. GEOS refuses some input (an invalid delivery, nearly
-- coincident edges): then once more on repaired surfaces and a grid of one millimetre.
create function production.surface_commune(a geometry, b geometry) returns geometry
language plpgsql immutable strict cost 10000 as $$
begin
  return ST_CollectionExtract(ST_Intersection(a, b), 3);
exception when internal_error then
  return ST_CollectionExtract(
    ST_Intersection(ST_MakeValid(a, 'method=structure'), ST_MakeValid(b, 'method=structure'), 0.001), 3);
end $$;

-- The ground of `a` that `b` leaves, in the same way. `b` null: all of it.
create function production.surface_seule(a geometry, b geometry) returns geometry
language plpgsql immutable cost 10000 as $$
begin
  if b is null then return a; end if;
  return ST_CollectionExtract(ST_Difference(a, b), 3);
exception when internal_error then
  return ST_CollectionExtract(
    ST_Difference(ST_MakeValid(a, 'method=structure'), ST_MakeValid(b, 'method=structure'), 0.001), 3);
end $$;

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
