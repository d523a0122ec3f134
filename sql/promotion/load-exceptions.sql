-- One batch of exceptions. $1 revision, then one array a column (primary key of exception).
insert into production.exception (revision_id, id, regle, raison)
select $1::bigint, e.id, e.regle, e.raison
  from unnest($2::text[], $3::text[], $4::text[]) as e(id, regle, raison)
    on conflict do nothing;
