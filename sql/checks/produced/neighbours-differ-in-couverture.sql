-- Two objects of one couverture that share a border are one object: the usage is given to whole objects, and only the ossature is cut
-- into objects of bounded size (index arete_commune_objet; primary key of the partition).
select o.id || ' + ' || v.id as id,
       'two of ' || o.code_cs || ' share ' || round(sum(ST_Length(a.geom))::numeric, 2) || ' m of border: make them one' as trouve
  from production.arete_commune a
  join objets o on o.rang = a.objet
  join objets v on v.rang = a.voisin
 where a.revision_id = $1 and a.objet between $2 and $3 and o.ossature = 0
 group by o.id, v.id, o.code_cs
