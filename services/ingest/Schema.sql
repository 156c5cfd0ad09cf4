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
drop index if exists ingest.items_listed;
create index if not exists items_listed_ranges on ingest.items using brin (listed_at) with (autosummarize = on);

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
alter table ingest.recent_posts add column if not exists handle text;
alter table ingest.recent_posts add column if not exists followers bigint;
alter table ingest.recent_posts add column if not exists reach bigint;
alter table ingest.recent_posts add column if not exists engagement bigint;
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

-- What is followed after it was taken: edits, removals. Rechecked are only posts that some brand matched.
alter table ingest.items add column if not exists version_at timestamptz;
alter table ingest.items add column if not exists brands uuid[] not null default '{}';
alter table ingest.items add column if not exists removed_at timestamptz;
alter table ingest.items add column if not exists taken_at timestamptz;
alter table ingest.items add column if not exists check_at timestamptz;
create index if not exists items_check on ingest.items (workspace, source_id, check_at) where check_at is not null;

-- Credentials of sources, sealed with the installation's key.
create table if not exists ingest.credentials (
    workspace   text not null,
    source_id   uuid not null,
    sealed      bytea not null,
    names       text[] not null,
    primary key (workspace, source_id)
);

-- What was used of the networks' limits, by credentials and slot of time; and until when a network refuses.
create table if not exists ingest.quotas (
    bucket      text not null,
    limit_name  text not null,
    slot        timestamptz not null,
    used        numeric not null,
    primary key (bucket, limit_name, slot)
);
create index if not exists quotas_slot on ingest.quotas (slot);
create table if not exists ingest.quota_blocks (
    bucket      text not null primary key,
    until       timestamptz not null
);

-- Which query or channel of a source spent what, by day.
create table if not exists ingest.spending (
    workspace   text not null,
    source_id   uuid not null,
    day         date not null,
    lane        text not null,
    limit_name  text not null,
    calls       bigint not null,
    used        numeric not null,
    primary key (workspace, source_id, day, lane, limit_name)
);

-- Calls of networks that were taken in, so that one that comes again is passed over.
create table if not exists ingest.hook_events (
    source_id   uuid not null,
    event_id    text not null,
    at          timestamptz not null,
    primary key (source_id, event_id)
);
create index if not exists hook_events_at on ingest.hook_events (at);
create index if not exists sources_id on ingest.sources (id);

-- What hubs push of a source (WebSub), and until when they agreed to. asked counts the questions that no hub has verified yet.
create table if not exists ingest.hub_topics (
    source_id   uuid not null,
    workspace   text not null,
    topic       text not null,
    hub         text not null,
    renew_at    timestamptz not null,
    lease_until timestamptz,
    asked       int not null default 0,
    primary key (source_id, topic)
);
create index if not exists hub_topics_renew on ingest.hub_topics (renew_at);

-- The coverage ledger: when each source was asked and what it answered, by hour; and when it was blind.
create table if not exists ingest.asked (
    workspace    text not null,
    source_id    uuid not null,
    hour         timestamptz not null,
    asked        bigint not null,
    failed       bigint not null,
    taken        bigint not null,
    last_code    text,
    longest_wait double precision not null,
    primary key (workspace, source_id, hour)
);
create index if not exists asked_hour on ingest.asked (workspace, hour);
create table if not exists ingest.gaps (
    workspace   text not null,
    gap_id      uuid not null,
    source_id   uuid not null,
    source_name text not null,
    from_at     timestamptz not null,
    to_at       timestamptz,
    reason      text not null,
    backfilled  boolean not null default false,
    primary key (workspace, gap_id)
);
create index if not exists gaps_time on ingest.gaps (workspace, from_at);

-- What sources have left at their networks and no longer need, such as the rules of a stream. Outlives the source; due_at is null once it is given up.
create table if not exists ingest.leftovers (
    workspace   text not null,
    source_id   uuid not null,
    bucket      text not null,
    source      jsonb not null,
    sealed      bytea not null,
    since       timestamptz not null,
    due_at      timestamptz,
    tries       int not null default 0,
    error       jsonb,
    primary key (workspace, source_id, bucket)
);
create index if not exists leftovers_due on ingest.leftovers (due_at);

-- The post that began the thread of each post, as far as known; the post itself where it did.
alter table ingest.items add column if not exists root text;

-- Sources of before forgot a gap that lasted when another time was told as missed: they know it again, so that the next good read ends it.
update ingest.sources s
set state = s.state || jsonb_build_object('gap', jsonb_build_object('id', g.gap_id, 'from', g.from_at, 'to', null, 'reason', g.reason))
from ingest.gaps g
where g.workspace = s.workspace and g.source_id = s.id and g.to_at is null and s.state ->> 'gap' is null;

-- It only grows, and grows alike: no need to sample it anew at every tenth.
alter table ingest.items set (autovacuum_analyze_scale_factor = 0.5);

-- What was erased and is not taken in again: hashes of posts and authors, no names.
create table if not exists ingest.kept_out (
    workspace   text not null,
    key         bytea not null,
    erasure_id  uuid not null,
    primary key (workspace, key)
);

-- Whose post it is, as a hash, so that it goes when the author is erased.
alter table ingest.recent_posts add column if not exists author_key uuid;

-- What people changed here, for those who ask who changed what. Apart from the events, which may be many; see ChangeRows.
create table if not exists ingest.changes (
    workspace   text not null,
    id          uuid not null,
    at          timestamptz not null,
    by          text not null,
    kind        text not null,
    about_id    text,
    about       text,
    fields      jsonb not null,
    admins_only boolean not null,
    primary key (workspace, at, id)
);
create index if not exists changes_about on ingest.changes (workspace, about_id, at, id);
-- Answers that go to networks. The text is kept until it is known what became of it; due_at is null once that was told. said is a hash of what the answer reads like there, by which it is known when it is read before its id.
create table if not exists ingest.replies (
    reply_id     uuid not null primary key,
    workspace    text not null,
    mention_id   uuid not null,
    source_id    uuid not null,
    source_kind  text not null,
    answered     text not null,
    text         text,
    asked_at     timestamptz not null,
    state        text not null default 'waiting',
    since        timestamptz not null,
    begun_at     timestamptz,
    settled_at   timestamptz,
    due_at       timestamptz,
    tries        int not null default 0,
    said         bytea,
    native_id    text,
    url          text,
    code         text,
    detail       text,
    trace_parent text
);
create index if not exists replies_due on ingest.replies (due_at) where due_at is not null;
create index if not exists replies_open on ingest.replies (source_id, since) where settled_at is null;
create index if not exists replies_native on ingest.replies (workspace, source_kind, native_id);
create index if not exists replies_said on ingest.replies (workspace, said) where native_id is null and said is not null;
