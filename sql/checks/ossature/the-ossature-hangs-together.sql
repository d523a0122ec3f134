-- "Voies flottantes": pieces of road or rail under the revision's least area that reach neither the outline, nor ground of no object,
-- and are not listed as going on in a tunnel or below another network. Objects of one couverture that share an edge are one piece, and
-- those that meet another network no further than 40 m from each other: that one is wide itself, and may cross aslant. Waters have no
-- network to be part of.
-- A piece is a cluster of what its objects have in common, as points in their place of which none stands for two things: the middle
-- of the first edge of two, the first vertex of a crossing; one that has nothing in common is a point inside. First objects $2 to $3 (one scan of the
-- partition for all; index arete_commune_objet; primary keys of arete_libre, exception and revision).
select id, trouve
  from (
    with ossature as materialized (
      select o.rang, o.id, o.code_cs, o.aire_m2, o.geom,
             exists (
               select from production.exception e
                where e.revision_id = $1 and e.id = o.id
                  and e.raison in ('tronçon d’ossature court à l’air libre, prolongé en souterrain',
                                   'tronçon d’ossature court, prolongé sous un autre réseau')) as prolonge
        from objets o
       where o.ossature = 1
    ), atteint as materialized (
      select objet as rang from production.arete_libre where revision_id = $1 and objet is not null
       union
      select objet from production.arete_commune where revision_id = $1 and voisin is null
    ), cote as (
      select a.rang, b.rang as voisin, a.code_cs, a.code_cs = b.code_cs as semblable, c.geom
        from (select objet, voisin, geom from production.arete_commune where revision_id = $1
               union all
              select voisin, objet, geom from production.arete_commune where revision_id = $1) c
        join ossature a on a.rang = c.objet
        join ossature b on b.rang = c.voisin
    ), croisement as (
      select cote.rang, cote.code_cs, p.geom, ST_ClusterDBSCAN(p.geom, 40, 1) over (partition by cote.code_cs) as numero
        from cote
       cross join lateral ST_DumpPoints(cote.geom) p
       where not semblable
    ), lien as (
      select rang, ST_LineInterpolatePoint(geom, 0.5) as geom
        from (select distinct on (rang, voisin) rang, geom from cote where semblable order by rang, voisin, geom) premiere
       union
      select rang, first_value(geom) over (partition by code_cs, numero order by geom) from croisement
    ), morceau as (
      select o.rang, o.code_cs, o.id, o.aire_m2, o.prolonge, o.rang in (select rang from atteint) as atteint,
             ST_ClusterDBSCAN(coalesce(l.geom, ST_PointOnSurface(o.geom)), 0, 1) over (partition by o.code_cs) as numero
        from ossature o
        left join (select rang, ST_Collect(geom) as geom from lien group by rang) l using (rang)
    )
    select (array_agg(m.id order by m.rang))[1] as id,
           'a piece of ' || round(sum(m.aire_m2)::numeric, 1) || ' m² of ' || m.code_cs || ' in ' || count(*)
             || ' objects that reaches nothing: connect it, leave it out, or list it with what it goes on under' as trouve
      from morceau m
      join production.revision r on r.id = $1
     where m.code_cs <> 'CS1.2.2'
     group by m.code_cs, m.numero, r.ossature_isolee_m2
    having sum(m.aire_m2) < r.ossature_isolee_m2 and not bool_or(m.atteint or m.prolonge)
       and min(m.rang) between $2 and $3) piece
