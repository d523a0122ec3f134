-- primary key (revision_id, rang)
select id, case when ST_GeometryType(geom) <> 'ST_Polygon' then ST_GeometryType(geom) else ST_IsValidReason(geom) end as trouve
  from production.zone_construite
 where revision_id = $1 and rang between $2 and $3
   and (ST_GeometryType(geom) <> 'ST_Polygon' or ST_IsEmpty(geom) or not ST_IsValid(geom))
