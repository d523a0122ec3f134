-- 200 m² for buildings, wherever they are; 500 m² in the zone construite and for the ossature, 2 500 m² outside. An object is of the
-- zone when it has the zone's unit inside, less 5 %: the published zone is drawn in lines. What is listed with a reason passes;
-- so does ossature of 500 m² that another computation has under it (primary key of exception; zone_construite_geom, cut at the
-- object's box before anything is intersected).
select o.id, round(o.aire_m2::numeric, 1) || ' m² of ' || o.code_cs || ': merge it with a neighbour, or list it with its reason' as trouve
  from objets o
 where o.rang between $2 and $3
   and o.aire_m2 < case when o.ossature = 1 then 499.999 when o.code_cs = 'CS1.1.1.1' then 200 else 2500 end
   and not exists (
     select from production.exception e where e.revision_id = $1 and e.id = o.id and e.regle = 'surface')
   and case when o.code_cs = 'CS1.1.1.1' or o.ossature = 1 or o.aire_m2 < 500 then true else
     475 > coalesce((
       select sum(ST_Area(ST_Intersection(o.geom, ST_MakeValid(ST_ClipByBox2D(z.geom, ST_Expand(Box2D(o.geom), 1))), 0.001)))
         from production.zone_construite z
        where z.revision_id = $1 and z.geom && o.geom), 0) end
