-- No corner of less than a degree, in outlines and holes. One with an edge that neither another object has nor ground that no image
-- knows is a corner of the extent, or made by its limit: that stays as it was given. (Middles of edges, to what rounding does; gist
-- index of the partition, index sol_inconnu_geom.)
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
   and 2 = (
     select count(*)
       from (values (x + ax / 2, y + ay / 2), (x + bx / 2, y + by / 2)) as edge(middle_x, middle_y)
      where exists (
        select from objets v
         where v.rang <> o.rang
           and ST_DWithin(v.geom, ST_SetSRID(ST_MakePoint(middle_x, middle_y), ST_SRID(o.geom)), 0.000001))
         or exists (
        select from production.sol_inconnu s
         where s.revision_id = $1
           and ST_DWithin(s.geom, ST_SetSRID(ST_MakePoint(middle_x, middle_y), ST_SRID(o.geom)), 0.000001)))
