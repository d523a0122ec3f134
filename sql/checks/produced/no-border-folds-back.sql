-- No corner of less than a degree, in outlines and holes. A corner that no other object touches is the extent's own: it stays as
-- it was given (gist index of the partition).
select o.id, 'a corner of ' || round(degrees(atan2(abs(ax * by - ay * bx), ax * bx + ay * by))::numeric, 3)
             || '° at ' || round(x::numeric, 2) || ' ' || round(y::numeric, 2) as trouve
  from objets o
 cross join lateral (
   select x, y, coalesce(lag(x) over ring, last_value(x) over whole) - x as ax,
          coalesce(lag(y) over ring, last_value(y) over whole) - y as ay,
          coalesce(lead(x) over ring, first_value(x) over whole) - x as bx,
          coalesce(lead(y) over ring, first_value(y) over whole) - y as by
     from (select path[1] as part, path[2] as n, max(path[2]) over (partition by path[1]) as closing, ST_X(geom) as x, ST_Y(geom) as y
             from ST_DumpPoints(o.geom)) as vertex
    where n < closing
   window ring as (partition by part order by n),
          whole as (partition by part order by n rows between unbounded preceding and unbounded following)) as corner
 where o.rang between $2 and $3
   and ax * bx + ay * by > cos(radians(1)) * sqrt((ax * ax + ay * ay) * (bx * bx + by * by))
   and exists (
     select from objets v
      where v.rang <> o.rang and v.geom && ST_SetSRID(ST_MakePoint(x, y), ST_SRID(o.geom))
        and ST_Intersects(v.geom, ST_SetSRID(ST_MakePoint(x, y), ST_SRID(o.geom))))
