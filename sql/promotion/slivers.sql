-- Objects $2 to $3 whose mean width, 2 × area ÷ perimeter, is below $4 metres (primary key).
select count(*) as nombre, coalesce(sum(aire_m2), 0) as aire_m2
  from {{partition}}
 where revision_id = $1 and rang between $2 and $3 and 2 * aire_m2 < $4 * ST_Perimeter(geom);
