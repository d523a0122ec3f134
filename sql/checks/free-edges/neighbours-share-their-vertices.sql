-- A free edge along the border of another object, which has it neither way: one of the two has a vertex there that the other lacks.
-- Every junction is a vertex on all sides (primary keys; arete_libre_geom; gist index of the partition).
select distinct on (1) concat_ws(' + ', coalesce(o.id, 'nodata'), v.id) as id,
       'an edge that differs at ' || round(ST_X(p.geom)::numeric, 2) || ' ' || round(ST_Y(p.geom)::numeric, 2) as trouve
  from production.arete_libre a
 cross join lateral (select ST_LineInterpolatePoint(a.geom, 0.5) as geom) p
  left join objets o on o.rang = a.objet
  join objets v
    on v.geom && a.geom and v.rang is distinct from a.objet
   and ST_Intersects(v.geom, a.geom) and ST_Relate(v.geom, a.geom, '***1*****')
 where a.revision_id = $1 and a.rang between $2 and $3
   and not exists (
     select from production.arete_libre b
      where b.revision_id = $1 and b.objet = v.rang and b.geom in (a.geom, ST_Reverse(a.geom)))
