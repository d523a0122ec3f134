-- Simple Features rules; what was delivered invalid was mended at load.
select o.id, case when ST_IsValid(o.geom) then GeometryType(o.geom) || ', ' || o.aire_m2 || ' m²' else ST_IsValidReason(o.geom) end as trouve
  from objets o
 where o.rang between $2 and $3
   and (not ST_IsValid(o.geom) or ST_Dimension(o.geom) <> 2 or not o.aire_m2 > 0
     or GeometryType(o.geom) not in ('POLYGON', 'MULTIPOLYGON'))
