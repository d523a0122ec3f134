-- The table of one revision, outside the partitioned table until it is loaded: nobody waits for it.
-- The check constraint spares the attachment a scan.
create table {{partition}} (
  like production.occupation_sol including defaults including constraints,
  constraint {{name}}_revision check (revision_id = {{revision}})
);
