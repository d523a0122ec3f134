-- Edges of a revision on its way that nobody has the other way round: of a coverage, its outline. There while it is proved;
-- a crash loses them, and the load with them.
create unlogged table production.arete_libre (
  revision_id bigint not null references production.revision on delete cascade,
  rang        integer not null,   -- 1, 2, 3 … within the revision
  objet       integer,            -- rang of the object on its left; null: ground of no object
  geom        geometry not null,  -- from one vertex to the next
  primary key (revision_id, rang)
);
create index arete_libre_geom on production.arete_libre using hash (geom);
