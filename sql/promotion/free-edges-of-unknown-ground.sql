-- Ground of no object, $3 to $4 of revision $1, fills what the objects leave: edges that meet are free no more, the others are, from
-- number $2 on. Where it meets the ossature, the edge is kept if $5 (primary key of sol_inconnu; index arete_libre_geom; primary key
-- of the partition).
with arete as materialized (
  select s.geom, ST_Reverse(s.geom) as retour
    from production.sol_inconnu n
   cross join lateral ST_DumpSegments(ST_RemoveRepeatedPoints(ST_ForcePolygonCCW(n.geom))) s
   where n.revision_id = $1 and n.rang between $3 and $4
), comble as (
  delete from production.arete_libre l using arete a where l.revision_id = $1 and l.geom = a.retour
  returning l.geom, l.objet
), commune as (
  insert into production.arete_commune (revision_id, objet, geom)
  select $1::bigint, c.objet, c.geom
    from comble c
    join {{partition}} o on o.revision_id = $1 and o.rang = c.objet
   where $5::boolean and o.ossature = 1
)
insert into production.arete_libre (revision_id, rang, geom)
select $1::bigint, $2::int - 1 + row_number() over (), a.geom
  from arete a
 where not exists (select from comble c where c.geom = a.retour) and not exists (select from arete r where r.geom = a.retour);
