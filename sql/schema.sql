CREATE SCHEMA production;

CREATE SCHEMA published;

CREATE FUNCTION production.surface_commune(a public.geometry, b public.geometry) RETURNS public.geometry
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN public.st_collectionextract(public.st_intersection(a, b, (0.00001)::double precision), 3);

CREATE FUNCTION production.surface_seule(a public.geometry, b public.geometry) RETURNS public.geometry
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN public.st_collectionextract(public.st_difference(a, b, (0.00001)::double precision), 3);

CREATE FUNCTION published.geojson(geometrie public.geometry, decimales integer) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select ST_AsGeoJSON(case when ST_NRings(rounded) = ST_NRings(geometrie) then rounded else geometrie end, decimales, 0)
      from (select ST_SnapToGrid(geometrie, (10 ^ -decimales)::float8) as rounded offset 0) as r -- 0: no "crs" member (RFC 7946)
  $$;

CREATE UNLOGGED TABLE production.arete_commune (
    revision_id bigint NOT NULL,
    objet integer NOT NULL,
    voisin integer,
    geom public.geometry NOT NULL
);

CREATE UNLOGGED TABLE production.arete_libre (
    revision_id bigint NOT NULL,
    rang integer NOT NULL,
    objet integer,
    geom public.geometry NOT NULL
);

CREATE TABLE production.difference (
    revision_avant bigint NOT NULL,
    revision_apres bigint NOT NULL,
    rang integer NOT NULL,
    id text NOT NULL,
    id_avant text NOT NULL,
    id_apres text NOT NULL,
    cs_avant text NOT NULL,
    us_avant text NOT NULL,
    artificiel_avant boolean NOT NULL,
    impermeable_avant boolean NOT NULL,
    cs_apres text NOT NULL,
    us_apres text NOT NULL,
    artificiel_apres boolean NOT NULL,
    impermeable_apres boolean NOT NULL,
    aire_dm2 bigint NOT NULL,
    geom public.geometry NOT NULL,
    geojson_wgs84 text NOT NULL
);

CREATE TABLE production.difference_paire (
    revision_avant bigint NOT NULL,
    revision_apres bigint NOT NULL,
    departement text NOT NULL,
    millesime_avant integer NOT NULL,
    millesime_apres integer NOT NULL,
    nombre integer NOT NULL,
    identiques integer NOT NULL,
    aire_comparee_dm2 bigint NOT NULL,
    aire_avant_seule_dm2 bigint NOT NULL,
    aire_apres_seule_dm2 bigint NOT NULL
);

CREATE TABLE production.exception (
    revision_id bigint NOT NULL,
    id text NOT NULL,
    regle text NOT NULL,
    raison text NOT NULL,
    CONSTRAINT exception_regle_check CHECK ((regle = ANY (ARRAY['surface'::text, 'largeur'::text, 'flottant'::text])))
);

CREATE TABLE production.matrice_artificialisation (
    code_cs text NOT NULL,
    code_us text NOT NULL,
    artificiel boolean NOT NULL,
    impermeable boolean NOT NULL
);

CREATE TABLE production.millesime (
    departement text NOT NULL,
    millesime integer NOT NULL,
    cycle text,
    image_debut date,
    image_fin date,
    origine text NOT NULL,
    etat text NOT NULL,
    attribution text NOT NULL,
    licence text NOT NULL,
    licence_url text,
    srid integer NOT NULL,
    revision_courante bigint,
    CONSTRAINT millesime_etat_check CHECK ((etat = ANY (ARRAY['auto'::text, 'in_review'::text, 'final'::text]))),
    CONSTRAINT millesime_millesime_check CHECK (((millesime >= 1900) AND (millesime <= 2200))),
    CONSTRAINT millesime_origine_check CHECK ((origine = ANY (ARRAY['produced'::text, 'imported'::text])))
);

CREATE TABLE production.nomenclature (
    code text NOT NULL,
    dimension text NOT NULL,
    parent text,
    libelle text NOT NULL,
    couleur text NOT NULL,
    feuille boolean NOT NULL,
    rang integer NOT NULL,
    CONSTRAINT nomenclature_dimension_check CHECK ((dimension = ANY (ARRAY['CS'::text, 'US'::text])))
);

CREATE TABLE production.occupation_sol (
    revision_id bigint NOT NULL,
    rang integer NOT NULL,
    id text NOT NULL,
    code_cs text NOT NULL,
    code_us text NOT NULL,
    departement text NOT NULL,
    millesime integer NOT NULL,
    source text,
    ossature smallint DEFAULT 0 NOT NULL,
    id_origine text,
    code_or text,
    aire_m2 double precision NOT NULL,
    artificiel boolean NOT NULL,
    critere_seuil boolean DEFAULT false NOT NULL,
    impermeable boolean NOT NULL,
    confiance real,
    us_source text,
    us_rule text,
    us_share real,
    empreinte uuid NOT NULL,
    geom public.geometry NOT NULL,
    geojson_wgs84 text NOT NULL
)
PARTITION BY LIST (revision_id);

CREATE TABLE production.paire_fragment (
    travail uuid NOT NULL,
    rang_avant integer NOT NULL,
    rang_apres integer NOT NULL,
    numero bigint NOT NULL,
    geom public.geometry NOT NULL
);

ALTER TABLE production.paire_fragment ALTER COLUMN numero ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME production.paire_fragment_numero_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE production.paire_morceau (
    travail uuid NOT NULL,
    cote text NOT NULL,
    numero bigint NOT NULL,
    rang integer NOT NULL,
    entier boolean NOT NULL,
    points integer NOT NULL,
    geom public.geometry NOT NULL,
    CONSTRAINT paire_morceau_cote_check CHECK ((cote = ANY (ARRAY['avant'::text, 'apres'::text])))
);

ALTER TABLE production.paire_morceau ALTER COLUMN numero ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME production.paire_morceau_numero_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE production.paire_piece (
    travail uuid NOT NULL,
    numero bigint NOT NULL,
    rang_avant integer NOT NULL,
    rang_apres integer NOT NULL,
    partie integer NOT NULL,
    id_avant text NOT NULL,
    id_apres text NOT NULL,
    cs_avant text NOT NULL,
    us_avant text NOT NULL,
    artificiel_avant boolean NOT NULL,
    impermeable_avant boolean NOT NULL,
    cs_apres text NOT NULL,
    us_apres text NOT NULL,
    artificiel_apres boolean NOT NULL,
    impermeable_apres boolean NOT NULL,
    aire_dm2 bigint NOT NULL,
    geom public.geometry NOT NULL,
    geojson_wgs84 text NOT NULL
);

ALTER TABLE production.paire_piece ALTER COLUMN numero ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME production.paire_piece_numero_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE production.paire_reste (
    travail uuid NOT NULL,
    cote text NOT NULL,
    rang integer NOT NULL,
    aire_m2 double precision NOT NULL,
    CONSTRAINT paire_reste_cote_check CHECK ((cote = ANY (ARRAY['avant'::text, 'apres'::text])))
);

CREATE TABLE production.paire_travail (
    travail uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE production.publication (
    sequence bigint NOT NULL,
    departement text NOT NULL,
    millesime integer NOT NULL,
    revision_id bigint,
    published_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE production.publication ALTER COLUMN sequence ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME production.publication_sequence_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE production.revision (
    id bigint NOT NULL,
    departement text NOT NULL,
    millesime integer NOT NULL,
    etat text DEFAULT 'loading'::text NOT NULL,
    origine text NOT NULL,
    srid integer NOT NULL,
    nombre_objets integer,
    aire_m2 double precision,
    est_couverture boolean,
    superposition_m2 double precision,
    emprise_wgs84 double precision[],
    emprise_locale double precision[],
    rapport jsonb DEFAULT '{}'::jsonb NOT NULL,
    zoom_min integer,
    zoom_max integer,
    run_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    superseded_at timestamp with time zone,
    heartbeat_at timestamp with time zone DEFAULT now() NOT NULL,
    mention jsonb DEFAULT '{}'::jsonb NOT NULL,
    nombre_zones integer,
    tolerance_largeur_m double precision,
    tolerance_ossature_m double precision,
    ossature_isolee_m2 double precision,
    CONSTRAINT revision_etat_check CHECK ((etat = ANY (ARRAY['loading'::text, 'ready'::text, 'failed'::text])))
);

ALTER TABLE production.revision ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME production.revision_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE production.run (
    id uuid NOT NULL,
    process_id text NOT NULL,
    origine text NOT NULL,
    request jsonb NOT NULL,
    status text NOT NULL,
    progress integer DEFAULT 0 NOT NULL,
    message text,
    results jsonb,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    heartbeat_at timestamp with time zone,
    worker text,
    attempts integer DEFAULT 0 NOT NULL,
    token text,
    CONSTRAINT run_origine_check CHECK ((origine = ANY (ARRAY['command'::text, 'job'::text]))),
    CONSTRAINT run_progress_check CHECK (((progress >= 0) AND (progress <= 100))),
    CONSTRAINT run_status_check CHECK ((status = ANY (ARRAY['accepted'::text, 'running'::text, 'successful'::text, 'failed'::text, 'dismissed'::text])))
);

CREATE TABLE production.sol_inconnu (
    revision_id bigint NOT NULL,
    rang integer NOT NULL,
    geom public.geometry NOT NULL
);

CREATE TABLE production.statistique_flux (
    revision_avant bigint NOT NULL,
    revision_apres bigint NOT NULL,
    commune text,
    cs_avant text NOT NULL,
    us_avant text NOT NULL,
    artificiel_avant boolean NOT NULL,
    impermeable_avant boolean NOT NULL,
    cs_apres text NOT NULL,
    us_apres text NOT NULL,
    artificiel_apres boolean NOT NULL,
    impermeable_apres boolean NOT NULL,
    aire_dm2 bigint NOT NULL
);

CREATE TABLE production.statistique_stock (
    revision_id bigint NOT NULL,
    commune text,
    code_cs text NOT NULL,
    code_us text NOT NULL,
    artificiel boolean NOT NULL,
    impermeable boolean NOT NULL,
    aire_dm2 bigint NOT NULL
);

CREATE TABLE production.territoire (
    niveau text NOT NULL,
    code text NOT NULL,
    nom text NOT NULL,
    departement text,
    parent text,
    annee integer,
    attribution text,
    aire_m2 double precision NOT NULL,
    geom public.geometry NOT NULL,
    geojson_wgs84 text NOT NULL,
    CONSTRAINT territoire_niveau_check CHECK ((niveau = ANY (ARRAY['commune'::text, 'epci'::text, 'scot'::text, 'departement'::text, 'region'::text])))
);

CREATE TABLE production.tile (
    revision_id bigint NOT NULL,
    z smallint NOT NULL,
    x integer NOT NULL,
    y integer NOT NULL,
    mvt_gzip bytea NOT NULL
);

CREATE TABLE production.token (
    empreinte text NOT NULL,
    libelle text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE production.zone_construite (
    revision_id bigint NOT NULL,
    rang integer NOT NULL,
    id text NOT NULL,
    aire_m2 double precision NOT NULL,
    geom public.geometry NOT NULL,
    geojson_wgs84 text NOT NULL
);

CREATE VIEW published.difference AS
 SELECT difference.revision_avant,
    difference.revision_apres,
    difference.rang,
    difference.id,
    difference.id_avant,
    difference.id_apres,
    difference.cs_avant,
    difference.us_avant,
    difference.artificiel_avant,
    difference.impermeable_avant,
    difference.cs_apres,
    difference.us_apres,
    difference.artificiel_apres,
    difference.impermeable_apres,
    difference.aire_dm2,
    difference.geom,
    difference.geojson_wgs84
   FROM production.difference;

CREATE VIEW published.difference_paire AS
 SELECT p.revision_avant,
    p.revision_apres,
    p.departement,
    p.millesime_avant,
    p.millesime_apres,
    p.nombre,
    p.identiques,
    p.aire_comparee_dm2,
    p.aire_avant_seule_dm2,
    p.aire_apres_seule_dm2
   FROM ((production.difference_paire p
     JOIN production.millesime a ON ((a.revision_courante = p.revision_avant)))
     JOIN production.millesime b ON ((b.revision_courante = p.revision_apres)));

CREATE VIEW published.job AS
 SELECT run.id,
    run.process_id,
    run.origine,
    run.token,
    run.status,
    run.progress,
    run.message,
    run.results,
    run.request,
    run.created_at,
    run.started_at,
    run.finished_at,
    run.updated_at
   FROM production.run;

CREATE VIEW published.matrice_artificialisation AS
 SELECT matrice_artificialisation.code_cs,
    matrice_artificialisation.code_us,
    matrice_artificialisation.artificiel,
    matrice_artificialisation.impermeable
   FROM production.matrice_artificialisation;

CREATE VIEW published.millesime AS
 SELECT m.departement,
    m.millesime,
    m.cycle,
    m.image_debut,
    m.image_fin,
    m.origine,
    m.etat,
    m.attribution,
    m.licence,
    m.licence_url,
    m.srid,
    r.id AS revision_id,
    r.nombre_objets,
    r.aire_m2,
    r.est_couverture,
    r.superposition_m2,
    r.emprise_wgs84,
    r.emprise_locale,
    r.rapport,
    r.zoom_min,
    r.zoom_max,
    r.created_at,
    r.nombre_zones
   FROM (production.millesime m
     JOIN production.revision r ON ((r.id = m.revision_courante)));

CREATE VIEW published.nomenclature AS
 SELECT nomenclature.code,
    nomenclature.dimension,
    nomenclature.parent,
    nomenclature.libelle,
    nomenclature.couleur,
    nomenclature.feuille,
    nomenclature.rang
   FROM production.nomenclature;

CREATE VIEW published.occupation_sol AS
 SELECT o.revision_id,
    o.rang,
    o.id,
    o.code_cs,
    o.code_us,
    o.departement,
    o.millesime,
    o.source,
    o.ossature,
    o.id_origine,
    o.code_or,
    o.aire_m2,
    o.artificiel,
    o.critere_seuil,
    o.impermeable,
    o.confiance,
    o.us_source,
    o.us_rule,
    o.us_share,
    o.geom,
    o.geojson_wgs84
   FROM production.occupation_sol o
  WHERE (EXISTS ( SELECT
           FROM production.revision r
          WHERE ((r.id = o.revision_id) AND (r.etat = 'ready'::text))));

CREATE VIEW published.publication AS
 SELECT publication.sequence,
    publication.departement,
    publication.millesime,
    publication.revision_id,
    publication.published_at
   FROM production.publication;

CREATE VIEW published.revision AS
 SELECT revision.id,
    revision.departement,
    revision.millesime,
    revision.srid,
    revision.nombre_objets,
    revision.emprise_wgs84,
    revision.emprise_locale,
    revision.zoom_min,
    revision.zoom_max,
    revision.created_at,
    revision.superseded_at,
    revision.nombre_zones
   FROM production.revision
  WHERE (revision.etat = 'ready'::text);

CREATE VIEW published.statistique_flux AS
 SELECT statistique_flux.revision_avant,
    statistique_flux.revision_apres,
    statistique_flux.commune,
    statistique_flux.cs_avant,
    statistique_flux.us_avant,
    statistique_flux.artificiel_avant,
    statistique_flux.impermeable_avant,
    statistique_flux.cs_apres,
    statistique_flux.us_apres,
    statistique_flux.artificiel_apres,
    statistique_flux.impermeable_apres,
    statistique_flux.aire_dm2
   FROM production.statistique_flux;

CREATE VIEW published.statistique_stock AS
 SELECT statistique_stock.revision_id,
    statistique_stock.commune,
    statistique_stock.code_cs,
    statistique_stock.code_us,
    statistique_stock.artificiel,
    statistique_stock.impermeable,
    statistique_stock.aire_dm2
   FROM production.statistique_stock;

CREATE VIEW published.territoire AS
 SELECT territoire.niveau,
    territoire.code,
    territoire.nom,
    territoire.departement,
    territoire.parent,
    territoire.annee,
    territoire.attribution,
    territoire.aire_m2,
    territoire.geom,
    territoire.geojson_wgs84,
    ((territoire.xmin)::text)::bigint AS ecriture
   FROM production.territoire;

CREATE VIEW published.tile AS
 SELECT tile.revision_id,
    tile.z,
    tile.x,
    tile.y,
    tile.mvt_gzip
   FROM production.tile;

CREATE VIEW published.zone_construite AS
 SELECT z.revision_id,
    z.rang,
    z.id,
    r.departement,
    r.millesime,
    z.aire_m2,
    z.geom,
    z.geojson_wgs84
   FROM (production.zone_construite z
     JOIN production.revision r ON (((r.id = z.revision_id) AND (r.etat = 'ready'::text))));

ALTER TABLE ONLY production.arete_libre
    ADD CONSTRAINT arete_libre_pkey PRIMARY KEY (revision_id, rang);

ALTER TABLE ONLY production.difference_paire
    ADD CONSTRAINT difference_paire_pkey PRIMARY KEY (revision_avant, revision_apres);

ALTER TABLE ONLY production.difference
    ADD CONSTRAINT difference_pkey PRIMARY KEY (revision_avant, revision_apres, rang);

ALTER TABLE ONLY production.exception
    ADD CONSTRAINT exception_pkey PRIMARY KEY (revision_id, id, regle);

ALTER TABLE ONLY production.matrice_artificialisation
    ADD CONSTRAINT matrice_artificialisation_pkey PRIMARY KEY (code_cs, code_us);

ALTER TABLE ONLY production.millesime
    ADD CONSTRAINT millesime_pkey PRIMARY KEY (departement, millesime);

ALTER TABLE ONLY production.nomenclature
    ADD CONSTRAINT nomenclature_pkey PRIMARY KEY (code);

ALTER TABLE ONLY production.paire_fragment
    ADD CONSTRAINT paire_fragment_pkey PRIMARY KEY (travail, rang_avant, rang_apres, numero);

ALTER TABLE ONLY production.paire_morceau
    ADD CONSTRAINT paire_morceau_pkey PRIMARY KEY (travail, cote, numero);

ALTER TABLE ONLY production.paire_piece
    ADD CONSTRAINT paire_piece_pkey PRIMARY KEY (travail, numero);

ALTER TABLE ONLY production.paire_reste
    ADD CONSTRAINT paire_reste_pkey PRIMARY KEY (travail, cote, rang);

ALTER TABLE ONLY production.paire_travail
    ADD CONSTRAINT paire_travail_pkey PRIMARY KEY (travail);

ALTER TABLE ONLY production.publication
    ADD CONSTRAINT publication_pkey PRIMARY KEY (sequence);

ALTER TABLE ONLY production.revision
    ADD CONSTRAINT revision_pkey PRIMARY KEY (id);

ALTER TABLE ONLY production.run
    ADD CONSTRAINT run_pkey PRIMARY KEY (id);

ALTER TABLE ONLY production.sol_inconnu
    ADD CONSTRAINT sol_inconnu_pkey PRIMARY KEY (revision_id, rang);

ALTER TABLE ONLY production.territoire
    ADD CONSTRAINT territoire_pkey PRIMARY KEY (niveau, code);

ALTER TABLE ONLY production.tile
    ADD CONSTRAINT tile_pkey PRIMARY KEY (revision_id, z, x, y);

ALTER TABLE ONLY production.token
    ADD CONSTRAINT token_pkey PRIMARY KEY (empreinte);

ALTER TABLE ONLY production.zone_construite
    ADD CONSTRAINT zone_construite_pkey PRIMARY KEY (revision_id, rang);

CREATE INDEX arete_commune_objet ON production.arete_commune USING btree (revision_id, objet);

CREATE INDEX arete_libre_geom ON production.arete_libre USING hash (geom);

CREATE INDEX difference_geom ON production.difference USING gist (geom);

CREATE INDEX paire_morceau_geom ON production.paire_morceau USING gist (geom);

CREATE INDEX publication_millesime ON production.publication USING btree (departement, millesime, sequence DESC);

CREATE INDEX revision_millesime ON production.revision USING btree (departement, millesime);

CREATE INDEX run_created ON production.run USING btree (created_at DESC);

CREATE INDEX run_waiting ON production.run USING btree (created_at) WHERE (status = ANY (ARRAY['accepted'::text, 'running'::text]));

CREATE INDEX sol_inconnu_geom ON production.sol_inconnu USING gist (geom);

CREATE INDEX statistique_flux_paire ON production.statistique_flux USING btree (revision_avant, revision_apres, commune);

CREATE INDEX statistique_stock_revision ON production.statistique_stock USING btree (revision_id, commune);

CREATE INDEX territoire_departement ON production.territoire USING btree (departement, niveau);

CREATE INDEX territoire_geom ON production.territoire USING gist (geom);

CREATE INDEX zone_construite_geom ON production.zone_construite USING gist (geom);

ALTER TABLE ONLY production.arete_commune
    ADD CONSTRAINT arete_commune_revision_id_fkey FOREIGN KEY (revision_id) REFERENCES production.revision(id) ON DELETE CASCADE;

ALTER TABLE ONLY production.arete_libre
    ADD CONSTRAINT arete_libre_revision_id_fkey FOREIGN KEY (revision_id) REFERENCES production.revision(id) ON DELETE CASCADE;

ALTER TABLE ONLY production.difference_paire
    ADD CONSTRAINT difference_paire_revision_apres_fkey FOREIGN KEY (revision_apres) REFERENCES production.revision(id) ON DELETE CASCADE;

ALTER TABLE ONLY production.difference_paire
    ADD CONSTRAINT difference_paire_revision_avant_fkey FOREIGN KEY (revision_avant) REFERENCES production.revision(id) ON DELETE CASCADE;

ALTER TABLE ONLY production.difference
    ADD CONSTRAINT difference_revision_avant_revision_apres_fkey FOREIGN KEY (revision_avant, revision_apres) REFERENCES production.difference_paire(revision_avant, revision_apres) ON DELETE CASCADE;

ALTER TABLE ONLY production.exception
    ADD CONSTRAINT exception_revision_id_fkey FOREIGN KEY (revision_id) REFERENCES production.revision(id) ON DELETE CASCADE;

ALTER TABLE ONLY production.matrice_artificialisation
    ADD CONSTRAINT matrice_artificialisation_code_cs_fkey FOREIGN KEY (code_cs) REFERENCES production.nomenclature(code);

ALTER TABLE ONLY production.matrice_artificialisation
    ADD CONSTRAINT matrice_artificialisation_code_us_fkey FOREIGN KEY (code_us) REFERENCES production.nomenclature(code);

ALTER TABLE ONLY production.millesime
    ADD CONSTRAINT millesime_revision_courante_fkey FOREIGN KEY (revision_courante) REFERENCES production.revision(id);

ALTER TABLE ONLY production.revision
    ADD CONSTRAINT revision_departement_millesime_fkey FOREIGN KEY (departement, millesime) REFERENCES production.millesime(departement, millesime);

ALTER TABLE ONLY production.run
    ADD CONSTRAINT run_token_fkey FOREIGN KEY (token) REFERENCES production.token(empreinte) ON DELETE SET NULL;

ALTER TABLE ONLY production.sol_inconnu
    ADD CONSTRAINT sol_inconnu_revision_id_fkey FOREIGN KEY (revision_id) REFERENCES production.revision(id) ON DELETE CASCADE;

ALTER TABLE ONLY production.statistique_flux
    ADD CONSTRAINT statistique_flux_revision_avant_revision_apres_fkey FOREIGN KEY (revision_avant, revision_apres) REFERENCES production.difference_paire(revision_avant, revision_apres) ON DELETE CASCADE;

ALTER TABLE ONLY production.statistique_stock
    ADD CONSTRAINT statistique_stock_revision_id_fkey FOREIGN KEY (revision_id) REFERENCES production.revision(id) ON DELETE CASCADE;

ALTER TABLE ONLY production.tile
    ADD CONSTRAINT tile_revision_id_fkey FOREIGN KEY (revision_id) REFERENCES production.revision(id) ON DELETE CASCADE;

ALTER TABLE ONLY production.zone_construite
    ADD CONSTRAINT zone_construite_revision_id_fkey FOREIGN KEY (revision_id) REFERENCES production.revision(id) ON DELETE CASCADE;
