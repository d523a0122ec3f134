-- The ground of revision $2 that is no object, for revision $1 (primary key of sol_inconnu).
insert into production.sol_inconnu (revision_id, rang, geom)
select $1::bigint, rang, geom from production.sol_inconnu where revision_id = $2;
