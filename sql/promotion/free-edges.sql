-- The edges of the cell [$3, $5[ × [$4, $6[ of SRID $7 that are not once each way in the objects of revision $1, from number $2 on. An
-- edge is of the cell where the lower left corner of its box is, and so is its way back; its object is on its left. Coordinates are
-- compared to the bit. Of the others, if $8, those are kept that two objects of the ossature share, or two of one couverture (gist
-- index on geom; groups and join hash the edges).
with objet as (
  select rang, case ossature when 1 then 'ossature' else code_cs end collate "C" as sorte,
         ST_RemoveRepeatedPoints(ST_ForcePolygonCCW(geom)) as geom,
         ST_XMin(geom) >= $3 and ST_YMin(geom) >= $4 and ST_XMax(geom) < $5 and ST_YMax(geom) < $6 as dedans
    from {{partition}}
   where revision_id = $1 and geom && ST_MakeEnvelope($3, $4, $5, $6, $7::int)
  offset 0 -- each box once
), arete as materialized (
  select least(s.geom, ST_Reverse(s.geom)) as trait, s.geom < ST_Reverse(s.geom) as avant, s.geom, o.rang, o.sorte
    from objet o
   cross join lateral ST_DumpSegments(o.geom) s
   where o.dedans
      or ST_XMin(s.geom) >= $3 and ST_XMin(s.geom) < $5 and ST_YMin(s.geom) >= $4 and ST_YMin(s.geom) < $6
), groupe as materialized (
  select trait, count(*) = 2 and count(*) filter (where avant) = 1 as apparie,
         min(rang) as objet, max(rang) as voisin, min(sorte) = max(sorte) as semblable
    from arete
   group by trait
), commune as (
  insert into production.arete_commune (revision_id, objet, voisin, geom)
  select $1::bigint, objet, voisin, trait
    from groupe
   where $8::boolean and apparie and semblable and objet <> voisin
)
insert into production.arete_libre (revision_id, rang, objet, geom)
select $1::bigint, $2::int - 1 + row_number() over (), a.rang, a.geom
  from groupe
  join arete a using (trait)
 where not groupe.apparie;
