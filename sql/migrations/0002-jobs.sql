-- What lets a job change hands when its worker dies, and what tells whose it is.
alter table production.run
  add column worker   text,                           -- who runs it now; the heartbeat is refused to anyone else
  add column attempts integer not null default 0,     -- how often it was begun
  add column token    text references production.token on delete set null;   -- who asked for it
create index run_waiting on production.run (created_at) where status in ('accepted', 'running');
