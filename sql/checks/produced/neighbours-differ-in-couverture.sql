-- Two objects of one couverture that share a border are one object: the usage is given to whole objects, and only the ossature is cut
-- into objects of bounded size (index arete_commune_objet, then the primary key of the partition for each pair).
select o.id || ' + ' || v.id as id,
       'two of ' || o.code_cs || ' share ' || round(a.bord_m::numeric, 2) || ' m of border: make them one' as trouve
  from (
    select objet, voisin, sum(ST_Length(geom)) as bord_m
      from production.arete_commune
     where revision_id = $1 and objet between $2 and $3
     group by objet, voisin) a
  join objets o on o.rang = a.objet
  join objets v on v.rang = a.voisin
 where o.rang between $2 and $3 and o.ossature = 0
