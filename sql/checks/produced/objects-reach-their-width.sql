-- Somewhere in each object lies a disc of its width: 5 m for the ossature and for paved ground, 10 m for other covers; less the
-- revision's tolerance, which is what the drawing of the borders may take. Buildings have none; woods used as such and under 20 m
-- were listed before. A disc of radius area ÷ perimeter fits in every polygon: only what that leaves is looked at closely. An object
-- that reaches the outline may go on beyond it. A building does not narrow the ground it stands on: the disc may lie on it, its
-- middle on the object; it does narrow the ossature. (Primary keys of revision and exception; gist index of the partition.)
select o.id, 'nowhere ' || w.regle_m || ' m wide, ' || case o.ossature when 1 then 'ossature of ' else '' end || o.code_cs as trouve
  from objets o
  join production.revision r on r.id = $1
 cross join lateral (
   select case when o.ossature = 1 or o.code_cs = 'CS1.1.1.2' then 5
               when o.code_us = 'US1.2' and o.code_cs like 'CS2.1.1.%' then 20 else 10 end as regle_m,
          case o.ossature when 1 then r.tolerance_ossature_m else r.tolerance_largeur_m end as tolerance_m) w
 where o.rang between $2 and $3
   and o.code_cs <> 'CS1.1.1.1'
   and 2 * o.aire_m2 < (w.regle_m - w.tolerance_m) * ST_Perimeter(o.geom)
   and not ST_Intersects(o.geom, ST_Buffer(
         (select ST_Union(b.geom) from objets b
           where b.id = o.id
              or (o.ossature = 0 and b.code_cs = 'CS1.1.1.1' and b.geom && o.geom and ST_Intersects(b.geom, o.geom))),
         -(w.regle_m - w.tolerance_m) / 2, 'quad_segs=4'))
   and not exists (
     select from production.exception e where e.revision_id = $1 and e.id = o.id and e.regle = 'largeur')
   and ST_Perimeter(o.geom) - 0.01 < (
     select coalesce(sum(ST_Length(ST_Intersection(
              ST_Boundary(o.geom), ST_ClipByBox2D(ST_Boundary(v.geom), ST_Expand(Box2D(o.geom), 1)), 0.001))), 0)
       from objets v
      where v.geom && o.geom and v.rang <> o.rang)
