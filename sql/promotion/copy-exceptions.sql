-- The listed objects of revision $2, for revision $1 (primary key of exception).
insert into production.exception (revision_id, id, regle, raison)
select $1::bigint, id, regle, raison from production.exception where revision_id = $2;
