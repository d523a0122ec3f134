-- index zone_construite_geom; what meets at all is few, of these ST_Relate tells shared ground from borders that touch
select a.id, 'shares ground with ' || b.id as trouve
  from production.zone_construite a
  join production.zone_construite b
    on b.revision_id = $1 and b.rang > a.rang and a.geom && b.geom and ST_Intersects(a.geom, b.geom)
 where a.revision_id = $1 and a.rang between $2 and $3 and ST_Relate(a.geom, b.geom, 'T********')
