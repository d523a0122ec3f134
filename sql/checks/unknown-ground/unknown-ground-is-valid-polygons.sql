-- Primary key (revision_id, rang).
select 'nodata ' || rang as id,
       case when GeometryType(geom) <> 'POLYGON' then GeometryType(geom) else ST_IsValidReason(geom) end || ': mend the polygons of ground without imagery' as trouve
  from production.sol_inconnu
 where revision_id = $1 and rang between $2 and $3
   and (GeometryType(geom) <> 'POLYGON' or ST_IsEmpty(geom) or not ST_IsValid(geom))
