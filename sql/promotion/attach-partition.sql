-- Pages (rang), boxes (geom), one object (id), filtered pages (code, rang). Then the table becomes visible under its revision id,
-- which no reader knows before the swap. Attaching takes a lock that stops neither readers nor other loads' inserts.
alter table {{partition}} add primary key (revision_id, rang);
create index on {{partition}} using gist (geom);
create index on {{partition}} (id);
create index on {{partition}} (code_cs, rang);
create index on {{partition}} (code_us, rang);
analyze {{partition}};
alter table production.occupation_sol attach partition {{partition}} for values in ({{revision}});
