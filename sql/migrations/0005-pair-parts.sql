-- Overlaying two dates, the objects of very many vertices are worked on in parts, so that no statement takes long: on the
-- embedded engine everybody else waits meanwhile.

create table production.paire_morceau (   -- the objects of paire_reste, whole or cut along lines parallel to the axes
  travail uuid not null,
  cote    text not null check (cote in ('avant', 'apres')),
  numero  bigint generated always as identity,
  rang    integer not null,
  entier  boolean not null,               -- the object has no other part
  points  integer not null,
  geom    geometry not null,
  primary key (travail, cote, numero)
);
create index paire_morceau_geom on production.paire_morceau using gist (geom);

create table production.paire_fragment (  -- ground whose class changed, to be put together with what lies across the cut
  travail    uuid not null,
  rang_avant integer not null,
  rang_apres integer not null,
  numero     bigint generated always as identity,
  geom       geometry not null,
  primary key (travail, rang_avant, rang_apres, numero)
);
