-- Union of the objects whose lower left corner is in a cell [$2, $4[ × [$3, $5[ (gist index on geom; the box only narrows), on a grid
-- of one millimetre as in overlaps.sql.
select ST_AsBinary(ST_Union(geom, 0.001)) as wkb
  from {{partition}}
 where revision_id = $1
   and geom && ST_MakeEnvelope($2, $3, $4, $5, $6::int)
   and ST_XMin(geom) >= $2 and ST_XMin(geom) < $4 and ST_YMin(geom) >= $3 and ST_YMin(geom) < $5;
