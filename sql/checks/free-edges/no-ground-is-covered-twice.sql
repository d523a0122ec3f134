-- How many objects cover a place changes at free edges only. So ground covered twice is bordered by an edge that two objects have on
-- the same side, or by a free edge inside another object (primary keys; arete_libre_geom; gist index of the partition).
select distinct on (1) concat_ws(' + ', coalesce(o.id, 'nodata'), w.id) as id,
       w.trouve || ' at ' || round(ST_X(p.geom)::numeric, 2) || ' ' || round(ST_Y(p.geom)::numeric, 2) as trouve
  from production.arete_libre a
 cross join lateral (select ST_LineInterpolatePoint(a.geom, 0.5) as geom) p
  left join objets o on o.rang = a.objet
 cross join lateral (
   select coalesce(v.id, 'nodata') as id, 'an edge with two objects on the same side' as trouve
     from production.arete_libre b
     left join objets v on v.rang = b.objet
    where b.revision_id = $1 and b.geom = a.geom and b.rang < a.rang
    union all
   select v.id, 'an edge inside another object'
     from objets v
    where v.geom && a.geom and v.rang is distinct from a.objet
      and ST_Intersects(v.geom, a.geom) and ST_Relate(v.geom, a.geom, '1********')) w
 where a.revision_id = $1 and a.rang between $2 and $3
