-- About how many vertices objects of revision $1 have in the cell [$2, $4] × [$3, $5] of SRID $6, those of an object that goes beyond
-- it taken as spread over its box (gist index on geom).
select coalesce(sum(
         ST_NPoints(o.geom)
         * case when o.geom @ c.geom then 1
                else greatest(least(ST_XMax(o.geom), $4) - greatest(ST_XMin(o.geom), $2), 0) / (ST_XMax(o.geom) - ST_XMin(o.geom))
                   * greatest(least(ST_YMax(o.geom), $5) - greatest(ST_YMin(o.geom), $3), 0) / (ST_YMax(o.geom) - ST_YMin(o.geom)) end
       ), 0) as vertices
  from ST_MakeEnvelope($2, $3, $4, $5, $6::int) c(geom)
  join {{partition}} o on o.geom && c.geom
 where o.revision_id = $1;
