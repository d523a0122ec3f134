-- Current millésimes of the département that revision $3 of millésime $2 has no differences with (primary key of difference_paire).
select m.millesime
  from production.millesime m
 where m.departement = $1 and m.millesime <> $2 and m.revision_courante is not null
   and not exists (
     select 1 from production.difference_paire p
      where p.revision_avant = case when m.millesime < $2 then m.revision_courante else $3 end
        and p.revision_apres = case when m.millesime < $2 then $3 else m.revision_courante end);
