-- Index sol_inconnu_geom; what meets at all is few, of these ST_Relate tells shared ground from borders that touch.
select 'nodata ' || a.rang || ' + nodata ' || b.rang as id,
       'the same ground at ' || round(ST_X(p.geom)::numeric, 2) || ' ' || round(ST_Y(p.geom)::numeric, 2) || ': keep one of them' as trouve
  from production.sol_inconnu a
  join production.sol_inconnu b
    on b.revision_id = $1 and b.rang > a.rang and a.geom && b.geom and ST_Intersects(a.geom, b.geom)
 cross join lateral ST_PointOnSurface(ST_Intersection(a.geom, b.geom, 0.001)) as p(geom)
 where a.revision_id = $1 and a.rang between $2 and $3 and ST_Relate(a.geom, b.geom, 'T********')
