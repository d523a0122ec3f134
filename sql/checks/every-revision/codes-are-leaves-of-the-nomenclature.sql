-- Only leaves of the two nomenclatures are legal in data.
select o.id, o.code_cs || ' ' || o.code_us as trouve
  from objets o
 where o.rang between $2 and $3
   and (not exists (select 1 from production.nomenclature n where n.code = o.code_cs and n.dimension = 'CS' and n.feuille)
     or not exists (select 1 from production.nomenclature n where n.code = o.code_us and n.dimension = 'US' and n.feuille))
