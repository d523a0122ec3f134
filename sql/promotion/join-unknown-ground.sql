-- Ground of revision $1 that is no object, by rang ($2), with geometries of more vertices ($3, WKB) (primary key of sol_inconnu).
update production.sol_inconnu s
   set geom = ST_GeomFromWKB(n.wkb, ST_SRID(s.geom))
  from unnest($2::int[], $3::bytea[]) as n(rang, wkb)
 where s.revision_id = $1 and s.rang = n.rang;
