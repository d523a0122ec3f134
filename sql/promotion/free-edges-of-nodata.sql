-- Ground of no object ($3, WKB polygons of SRID $4) fills what the objects of revision $1 leave: edges that meet are free no more,
-- the others are, from number $2 on (index arete_libre_geom).
with arete as materialized (
  select s.geom, ST_Reverse(s.geom) as retour
    from unnest($3::bytea[]) as n(wkb)
   cross join lateral ST_DumpSegments(ST_RemoveRepeatedPoints(ST_ForcePolygonCCW(ST_GeomFromWKB(n.wkb, $4::int)))) s
), comble as (
  delete from production.arete_libre l using arete a where l.revision_id = $1 and l.geom = a.retour
  returning l.geom
)
insert into production.arete_libre (revision_id, rang, geom)
select $1::bigint, $2::int - 1 + row_number() over (), a.geom
  from arete a
 where not exists (select from comble c where c.geom = a.retour) and not exists (select from arete r where r.geom = a.retour);
