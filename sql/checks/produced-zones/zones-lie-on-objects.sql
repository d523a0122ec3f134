-- The zone construite does not leave the extent, nor the ground that an image knows: its vertices, of a large zone a hundred of them,
-- lie on objects (gist index of the partition).
select z.id, 'ground outside the extent at ' || round(ST_X(p.geom)::numeric, 1) || ' ' || round(ST_Y(p.geom)::numeric, 1) as trouve
  from production.zone_construite z
 cross join lateral (
   select d.geom from ST_DumpPoints(z.geom) with ordinality as d(path, geom, n)
    where d.n % greatest(1, ST_NPoints(z.geom) / 100) = 0) p
 where z.revision_id = $1 and z.rang between $2 and $3
   and not exists (select from objets o where o.geom && ST_Expand(p.geom, 0.01) and ST_DWithin(o.geom, p.geom, 0.01))
