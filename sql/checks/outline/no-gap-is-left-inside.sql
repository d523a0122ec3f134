-- Free edges part the plane into faces. What lies outside all of them was not to be covered; a face on the right of its edges is a
-- gap. They meet at their ends only: that is checked before. Gaps whose first edge is one of $2 to $3 (primary keys; the join
-- hashes the edges).
select coalesce(string_agg(distinct o.id, ' + '), 'nodata') as id,
       'a gap of ' || round(ST_Area(f.geom)::numeric, 3) || ' m² at '
         || round(ST_X(ST_StartPoint(f.bord))::numeric, 2) || ' ' || round(ST_Y(ST_StartPoint(f.bord))::numeric, 2) as trouve
  from (
    select geom, ST_ExteriorRing(ST_ForcePolygonCW(geom)) as bord
      from (select (ST_Dump(ST_Polygonize(geom))).geom from production.arete_libre where revision_id = $1) face
    offset 0) f
 cross join lateral ST_DumpSegments(f.bord) s
  join production.arete_libre l on l.revision_id = $1 and l.geom = s.geom
  left join objets o on o.rang = l.objet
 group by f.geom, f.bord
having min(l.rang) between $2 and $3
