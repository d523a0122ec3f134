-- A load is alive while it says so; the sweep takes away what killed ones left.
alter table production.revision add column heartbeat_at timestamptz not null default now();

-- What the swap writes into production.millesime: a rollback brings back the words of its revision with its objects.
alter table production.revision add column mention jsonb not null default '{}';
