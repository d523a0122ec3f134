-- One batch of ground that is no object. $1 revision, $2 srid, $3 rang of the first, $4 WKB.
insert into production.sol_inconnu (revision_id, rang, geom)
select $1::bigint, $3::int + n.n::int - 1, ST_GeomFromWKB(n.wkb, $2::int)
  from unnest($4::bytea[]) with ordinality as n(wkb, n);
