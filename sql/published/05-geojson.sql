-- A geometry as GeoJSON text, without vertices that rounding brings together: junctions of two productions may lie closer than a
-- decimal. Rounding is by the point alone, so that neighbours still match. Where a whole ring would go, all its vertices stay.
create function published.geojson(geometrie geometry, decimales integer) returns text
  language sql immutable parallel safe
  as $$
    select ST_AsGeoJSON(case when ST_NRings(rounded) = ST_NRings(geometrie) then rounded else geometrie end, decimales, 0)
      from (select ST_SnapToGrid(geometrie, (10 ^ -decimales)::float8) as rounded offset 0) as r -- 0: no "crs" member (RFC 7946)
  $$;
