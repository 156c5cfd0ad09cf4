create schema if not exists ingest;

-- What a source is now: a pure function of its stream.
create table if not exists ingest.sources (
    workspace   text not null,
    id          uuid not null,
    url         text,
    state       jsonb not null,
    primary key (workspace, id)
);
create index if not exists sources_url on ingest.sources (workspace, url);

-- Where reading stands. Not events: it changes with every poll and nobody asks for its past.
create table if not exists ingest.cursors (
    workspace   text not null,
    source_id   uuid not null,
    host        text not null,
    due_at      timestamptz not null,
    lease       uuid,
    lease_until timestamptz,
    state       jsonb not null,
    primary key (workspace, source_id)
);
create index if not exists cursors_due on ingest.cursors (due_at);
create index if not exists cursors_lease on ingest.cursors (lease) where lease is not null;

-- Every post that a source has shown, so that none is taken twice and an edit is known as one.
create table if not exists ingest.items (
    workspace    text not null,
    source_id    uuid not null,
    native_id    text not null,
    content_hash text not null,
    revision     int not null,
    listed_at    timestamptz not null,
    primary key (workspace, source_id, native_id)
);
create index if not exists items_listed on ingest.items (listed_at);

-- What a query preview is tried on.
create table if not exists ingest.recent_posts (
    workspace    text not null,
    native_key   text not null,
    source_name  text not null,
    title        text,
    text         text not null,
    url          text,
    author       text,
    language     text not null,
    published_at timestamptz not null,
    seen_at      timestamptz not null,
    primary key (workspace, native_key)
);
create index if not exists recent_posts_seen on ingest.recent_posts (workspace, seen_at desc);

-- What a brand is now: a pure function of its stream.
create table if not exists ingest.brands (
    workspace   text not null,
    id          uuid not null,
    name        text not null,
    state       jsonb not null,
    primary key (workspace, id)
);
create unique index if not exists brands_name on ingest.brands (workspace, lower(name));

-- One more with every change of a workspace's brands, so that every process knows when its compiled queries are old.
create table if not exists ingest.brand_versions (
    workspace   text not null primary key,
    version     bigint not null
);
