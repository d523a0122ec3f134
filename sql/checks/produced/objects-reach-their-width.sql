-- Somewhere in each object lies a disc of its width: 5 m for the ossature and for paved ground, 10 m for other covers; less the
-- revision's tolerance, which is what pixels and the drawing of borders may take. That is what the report measures, on the regions'
-- raster; what is narrow beside such a place is opened before. Buildings have no width; woods used as such and under 20 m were
-- listed before. A disc of radius area ÷ perimeter fits in every polygon: only what that leaves is looked at closely. A building does
-- not narrow the ground it stands on: the disc may lie on it, its middle on the object; it does narrow the ossature. Neither does
-- what lies beyond the outline or on ground of no object: there a place so far from all other objects is enough. (Primary keys of
-- revision and exception; gist index of the partition.)
select o.id,
       'nowhere ' || w.regle_m || ' m wide, ' || case o.ossature when 1 then 'ossature of ' else '' end || o.code_cs
         || ': widen it, give it to a neighbour, or list it with its reason' as trouve
  from objets o
  join production.revision r on r.id = $1
 cross join lateral (
   select case when o.ossature = 1 or o.code_cs = 'CS1.1.1.2' then 5
               when o.code_us = 'US1.2' and o.code_cs like 'CS2.1.1.%' then 20 else 10 end as regle_m,
          case o.ossature when 1 then r.tolerance_ossature_m else r.tolerance_largeur_m end as tolerance_m) w
 cross join lateral (select (w.regle_m - w.tolerance_m) / 2 as rayon_m) d
 where o.rang between $2 and $3
   and o.code_cs <> 'CS1.1.1.1'
   and o.aire_m2 < d.rayon_m * ST_Perimeter(o.geom)
   and not exists (
     select from production.exception e where e.revision_id = $1 and e.id = o.id and e.regle = 'largeur')
   and not exists (
     select from (
       select ST_Union(b.geom) as geom from objets b
        where b.rang = o.rang
           or (o.ossature = 0 and b.code_cs = 'CS1.1.1.1' and b.geom && o.geom and ST_Intersects(b.geom, o.geom))) sol
      where ST_Intersects(o.geom, ST_Buffer(sol.geom, -d.rayon_m, 'quad_segs=4'))
         or not coalesce(ST_Covers(
              (select ST_Buffer(ST_Collect(ST_Intersection(
                        ST_Boundary(sol.geom), ST_ClipByBox2D(ST_Boundary(v.geom), ST_Expand(Box2D(sol.geom), 1)), 0.001)),
                      d.rayon_m, 'quad_segs=4')
                 from objets v
                where v.geom && sol.geom and v.rang <> o.rang and (o.ossature = 1 or v.code_cs <> 'CS1.1.1.1')),
              o.geom), false))
