-- Deliveries repeat identifiers (facts of the product); what we produce never does.
select o.id, 'rang ' || o.rang as trouve
  from objets o
 where o.rang between $2 and $3
   and exists (select 1 from objets autre where autre.id = o.id and autre.rang <> o.rang)
