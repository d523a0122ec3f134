-- "Voies flottantes": a small object of the ossature all of whose border is shared with objects that are not of it. One that
-- reaches the outline, or another of the ossature, has border left (gist index of the partition). A stretch that goes on below the
-- ground, and water, may lie alone where they are listed as that (primary key of exception).
select o.id, 'a piece of ' || round(o.aire_m2::numeric, 1) || ' m² that nothing of the ossature touches' as trouve
  from objets o
 where o.rang between $2 and $3
   and o.ossature = 1 and o.aire_m2 < 500
   and not exists (
     select from production.exception e
      where e.revision_id = $1 and e.id = o.id and e.regle = 'surface'
        and e.raison in (
          'tronçon d’ossature court à l’air libre, prolongé en souterrain',
          'surface en eau telle que les références la donnent'))
   and ST_Perimeter(o.geom) - 0.01 < (
     select coalesce(sum(ST_Length(ST_Intersection(
              ST_Boundary(o.geom), ST_ClipByBox2D(ST_Boundary(v.geom), ST_Expand(Box2D(o.geom), 1)), 0.001))), 0)
       from objets v
      where v.geom && o.geom and v.rang <> o.rang and v.ossature = 0)
