-- "Pas de multi-parties": rule of the product.
select o.id, ST_NumGeometries(o.geom) || ' parties' as trouve
  from objets o
 where o.rang between $2 and $3 and GeometryType(o.geom) <> 'POLYGON'
