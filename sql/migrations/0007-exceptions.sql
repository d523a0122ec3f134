-- Objects of a revision that stay below a rule of the product, with the reason: what the checks let pass.
create table production.exception (
  revision_id bigint not null references production.revision on delete cascade,
  id          text not null,
  regle       text not null check (regle in ('surface', 'largeur')),
  raison      text not null,
  primary key (revision_id, id, regle)
);

-- By how much an object may be narrower than its class asks: what drawing its borders may take. Null: widths were not applied.
alter table production.revision add column tolerance_largeur_m double precision;
