-- About how many vertices objects of revision $1 have in the cell [$2, $4] × [$3, $5] of SRID $6, those of an object taken as spread over
-- its box (gist index on geom).
select coalesce(sum(
         ST_NPoints(geom)
         * greatest(least(ST_XMax(geom), $4) - greatest(ST_XMin(geom), $2), 0) / (ST_XMax(geom) - ST_XMin(geom))
         * greatest(least(ST_YMax(geom), $5) - greatest(ST_YMin(geom), $3), 0) / (ST_YMax(geom) - ST_YMin(geom))), 0) as vertices
  from {{partition}}
 where revision_id = $1 and geom && ST_MakeEnvelope($2, $3, $4, $5, $6::int);
