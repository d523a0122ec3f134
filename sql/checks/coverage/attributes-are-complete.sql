-- "Attributs complétés": what we produce says of each object where it comes from and how sure it is.
select o.id,
       concat_ws(', ', case when coalesce(o.source, '') = '' then 'no source' end,
                       case when o.confiance is null then 'no confidence' else 'confidence ' || o.confiance end,
                       'ossature ' || o.ossature) as trouve
  from objets o
 where o.rang between $2 and $3
   and (coalesce(o.source, '') = '' or o.confiance is null or not o.confiance between 0 and 1 or o.ossature not in (0, 1))
