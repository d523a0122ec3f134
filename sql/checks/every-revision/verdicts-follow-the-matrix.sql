-- But where a surface threshold decided otherwise.
select o.id, o.code_cs || ' ' || o.code_us as trouve
  from objets o
  join production.matrice_artificialisation m using (code_cs, code_us)
 where o.rang between $2 and $3
   and ((o.artificiel <> m.artificiel and not o.critere_seuil) or o.impermeable <> m.impermeable)
