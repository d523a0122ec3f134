-- Two schemas: the pipeline writes `production`; the server reads the views of `published` (sql/published/, remade at each
-- change). Append-only: a merged migration is never edited, the next one corrects it.

create extension if not exists postgis;
create schema if not exists production;

-- The 47 codes of OCS GE, couverture and usage; rows from sql/nomenclature/nomenclature.csv.
create table production.nomenclature (
  code       text primary key,
  dimension  text not null check (dimension in ('CS', 'US')),
  parent     text,
  libelle    text not null,
  couleur    text not null,
  feuille    boolean not null,      -- only leaves are legal in data
  rang       integer not null       -- order of the legend
);

-- Verdict of each (couverture, usage) pair; rows from sql/nomenclature/artif_matrix.csv.
create table production.matrice_artificialisation (
  code_cs     text not null references production.nomenclature,
  code_us     text not null references production.nomenclature,
  artificiel  boolean not null,
  impermeable boolean not null,
  primary key (code_cs, code_us)
);

-- Communes, départements and what groups them; `geom` in the département's own CRS, so that areas are exact there.
create table production.territoire (
  niveau        text not null check (niveau in ('commune', 'epci', 'scot', 'departement', 'region')),
  code          text not null,
  nom           text not null,
  departement   text,               -- the département it lies in, for communes
  parent        text,
  annee         integer,            -- year of the code (communes merge and split)
  attribution   text,
  aire_m2       double precision not null,
  geom          geometry not null,
  geojson_wgs84 text not null,
  primary key (niveau, code)
);
create index territoire_geom on production.territoire using gist (geom);
create index territoire_departement on production.territoire (departement, niveau);

-- One row per (département, year).
create table production.millesime (
  departement       text not null,
  millesime         integer not null check (millesime between 1900 and 2200),
  cycle             text,           -- M1, M2, M3
  image_debut       date,
  image_fin         date,
  origine           text not null check (origine in ('produced', 'imported')),
  etat              text not null check (etat in ('auto', 'in_review', 'final')),
  attribution       text not null,
  licence           text not null,
  licence_url       text,
  srid              integer not null,
  revision_courante bigint,         -- the one-row swap updates this
  primary key (departement, millesime)
);

-- A publication of a millésime: its objects, statistics and tiles never change once it is `ready`.
create table production.revision (
  id                  bigint generated always as identity primary key,
  departement         text not null,
  millesime           integer not null,
  etat                text not null check (etat in ('loading', 'ready', 'failed')) default 'loading',
  origine             text not null,
  srid                integer not null,
  nombre_objets       integer,
  aire_m2             double precision,
  est_couverture      boolean,      -- no gap, no overlap
  superposition_m2    double precision,
  emprise_wgs84       double precision[],   -- [west, south, east, north]
  emprise_locale      double precision[],   -- [minX, minY, maxX, maxY]
  rapport             jsonb not null default '{}',   -- quality report
  zoom_min            integer,
  zoom_max            integer,
  run_id              uuid,
  created_at          timestamptz not null default now(),
  superseded_at       timestamptz,  -- when another revision took its place; the sweep counts from here
  foreign key (departement, millesime) references production.millesime
);
create index revision_millesime on production.revision (departement, millesime);
alter table production.millesime
  add foreign key (revision_courante) references production.revision (id);

-- Every swap, in order: what was published at sequence n. Readers of the collection of everything pin a sequence.
create table production.publication (
  sequence     bigint generated always as identity primary key,
  departement  text not null,
  millesime    integer not null,
  revision_id  bigint,              -- null: withdrawn
  published_at timestamptz not null default now()
);
create index publication_millesime on production.publication (departement, millesime, sequence desc);

-- Objects. One partition per revision (made, loaded and indexed outside any lock, then attached).
create table production.occupation_sol (
  revision_id   bigint not null,
  rang          integer not null,   -- 1, 2, 3 … within the revision: the key pages are read by
  id            text not null,      -- OCSGE and 19 digits; one object, even in several parts
  code_cs       text not null,
  code_us       text not null,
  departement   text not null,
  millesime     integer not null,
  source        text,
  ossature      smallint not null default 0,
  id_origine    text,
  code_or       text,
  aire_m2       double precision not null,
  artificiel    boolean not null,
  critere_seuil boolean not null default false,
  impermeable   boolean not null,
  confiance     real,
  us_source     text,
  us_rule       text,
  us_share      real,
  empreinte     uuid not null,      -- md5 of the geometry's bytes: equal means identical
  geom          geometry not null,
  geojson_wgs84 text not null
) partition by list (revision_id);

-- Where two revisions of two millésimes differ. `difference_paire` says a pair is done and what could not be compared.
create table production.difference_paire (
  revision_avant     bigint not null references production.revision on delete cascade,
  revision_apres     bigint not null references production.revision on delete cascade,
  departement        text not null,
  millesime_avant    integer not null,
  millesime_apres    integer not null,
  nombre             integer not null,
  identiques         integer not null,          -- objects of identical geometry
  aire_comparee_dm2  bigint not null,
  aire_avant_seule_dm2 bigint not null,         -- ground of the first that the second does not cover
  aire_apres_seule_dm2 bigint not null,
  primary key (revision_avant, revision_apres)
);

create table production.difference (
  revision_avant   bigint not null,
  revision_apres   bigint not null,
  rang             integer not null,
  id               text not null,
  id_avant         text not null,
  id_apres         text not null,
  cs_avant         text not null,
  us_avant         text not null,
  artificiel_avant boolean not null,
  impermeable_avant boolean not null,
  cs_apres         text not null,
  us_apres         text not null,
  artificiel_apres boolean not null,
  impermeable_apres boolean not null,
  aire_dm2         bigint not null,
  geom             geometry not null,
  geojson_wgs84    text not null,
  primary key (revision_avant, revision_apres, rang),
  foreign key (revision_avant, revision_apres) references production.difference_paire on delete cascade
);
create index difference_geom on production.difference using gist (geom);

-- Stocks: one row per commune × class, made when the revision is. `commune` null: ground outside any known commune.
create table production.statistique_stock (
  revision_id bigint not null references production.revision on delete cascade,
  commune     text,
  code_cs     text not null,
  code_us     text not null,
  artificiel  boolean not null,
  impermeable boolean not null,
  aire_dm2    bigint not null
);
create index statistique_stock_revision on production.statistique_stock (revision_id, commune);

-- Flows: one row per commune × (class before → class after), made when the pair is.
create table production.statistique_flux (
  revision_avant    bigint not null,
  revision_apres    bigint not null,
  commune           text,
  cs_avant          text not null,
  us_avant          text not null,
  artificiel_avant  boolean not null,
  impermeable_avant boolean not null,
  cs_apres          text not null,
  us_apres          text not null,
  artificiel_apres  boolean not null,
  impermeable_apres boolean not null,
  aire_dm2          bigint not null,
  foreign key (revision_avant, revision_apres) references production.difference_paire on delete cascade
);
create index statistique_flux_paire on production.statistique_flux (revision_avant, revision_apres, commune);

-- Vector tiles, gzipped MVT, made when the revision is. A missing row inside the limits is an empty tile.
create table production.tile (
  revision_id bigint not null references production.revision on delete cascade,
  z           smallint not null,
  x           integer not null,
  y           integer not null,
  mvt_gzip    bytea not null,
  primary key (revision_id, z, x, y)
);

-- A run of a process: a command, or a job asked for over HTTP. The queue itself is pg-boss's.
create table production.run (
  id          uuid primary key,
  process_id  text not null,
  origine     text not null check (origine in ('command', 'job')),
  request     jsonb not null,
  status      text not null check (status in ('accepted', 'running', 'successful', 'failed', 'dismissed')),
  progress    integer not null default 0 check (progress between 0 and 100),
  message     text,
  results     jsonb,
  created_at  timestamptz not null default now(),
  started_at  timestamptz,
  finished_at timestamptz,
  updated_at  timestamptz not null default now(),
  heartbeat_at timestamptz
);
create index run_created on production.run (created_at desc);

-- Bearer tokens, sha256 only.
create table production.token (
  empreinte  text primary key,
  libelle    text not null,
  created_at timestamptz not null default now()
);
