-- Pairs whose interiors meet, for objects $2 to $3 of revision $1 against those after them (gist index on geom). Areas on a grid of
-- one millimetre: without one, GEOS throws on nearly coincident edges, which the embedded engine does not survive.
select a.id as id_a, b.id as id_b, ST_Relate(a.geom, b.geom, '2*2***2**') as partielle,
       ST_Area(ST_Intersection(a.geom, b.geom, 0.001)) as aire_m2
  from {{partition}} a
  join {{partition}} b on b.geom && a.geom and b.rang > a.rang
 where a.revision_id = $1 and a.rang between $2 and $3 and ST_Relate(a.geom, b.geom, '2********');
