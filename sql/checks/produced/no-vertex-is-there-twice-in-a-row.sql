-- Rings are valid here, so that none comes back to a vertex later; a vertex repeated at once is valid, and of no use.
select o.id, ST_NPoints(o.geom) - ST_NPoints(ST_RemoveRepeatedPoints(o.geom)) || ' vertices repeated' as trouve
  from objets o
 where o.rang between $2 and $3
   and ST_NPoints(ST_RemoveRepeatedPoints(o.geom)) < ST_NPoints(o.geom)
