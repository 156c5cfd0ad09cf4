create schema if not exists mentions;

-- Personal text. Events never carry it, so erasing a person is deleting rows here.
create table if not exists mentions.content (
    workspace   text not null,
    mention_id  uuid not null,
    revision    int not null,
    url         text,
    title       text,
    text        text not null,
    author      jsonb,
    search      tsvector generated always as (
        to_tsvector('simple', coalesce(title, '') || ' ' || left(text, 20000) || ' ' || coalesce(author ->> 'name', '') || ' ' || coalesce(author ->> 'handle', ''))) stored,
    primary key (workspace, mention_id, revision)
);
create index if not exists content_search on mentions.content using gin (search) with (fastupdate = on);

create table if not exists mentions.notes (
    workspace   text not null,
    mention_id  uuid not null,
    note_id     uuid not null,
    text        text not null,
    primary key (workspace, mention_id, note_id)
);

-- The inbox: one row a mention, a pure function of its stream.
create table if not exists mentions.inbox (
    workspace     text not null,
    id            uuid not null,
    brand_id      uuid not null,
    brand_name    text not null,
    source_kind   text not null,
    source_id     uuid not null,
    source_name   text not null,
    language      text not null,
    label         smallint not null,
    negative      real,
    neutral       real,
    positive      real,
    model_version text,
    evidence      jsonb,
    status        smallint not null,
    owner         text,
    reach         bigint,
    urgency       double precision not null,
    published_at  timestamptz not null,
    seen_at       timestamptz not null,
    matched_at    timestamptz not null,
    scored_at     timestamptz,
    stored_at     timestamptz not null,
    alerted_at    timestamptz,
    delivered_at  timestamptz,
    opened_at     timestamptz,
    resolved_at   timestamptz,
    revision      int not null,
    version       int not null,
    backfill      boolean not null,
    primary key (workspace, id)
);
-- Room on each page: a row that an alert or a delivery is noted in stays where it is, and its indexes untouched.
alter table mentions.inbox set (fillfactor = 85);
create index if not exists inbox_newest on mentions.inbox (workspace, published_at desc, id desc);
create index if not exists inbox_brand_newest on mentions.inbox (workspace, brand_id, published_at desc, id desc);
create index if not exists inbox_open_newest on mentions.inbox (workspace, published_at desc, id desc) where status <= 1;
create index if not exists inbox_urgent on mentions.inbox (workspace, urgency desc, id desc) where status <= 1;
create index if not exists inbox_seen on mentions.inbox (workspace, seen_at desc);
create index if not exists inbox_unscored on mentions.inbox (workspace, seen_at) where label = 3;

-- Counts by hour: always the sum over the inbox rows that are not dismissed, because both are written by one statement.
create table if not exists mentions.dynamics (
    workspace text not null,
    brand_id  uuid not null,
    hour      timestamptz not null,
    label     smallint not null,
    mentions  bigint not null,
    reach     bigint not null,
    primary key (workspace, brand_id, hour, label)
);

-- How many inbox rows stand where: counting a million of them for each screen would take a third of a second.
create table if not exists mentions.totals (
    workspace text not null,
    brand_id  uuid not null,
    status    smallint not null,
    label     smallint not null,
    mentions  bigint not null,
    primary key (workspace, brand_id, status, label)
) with (fillfactor = 50);

create table if not exists mentions.gaps (
    workspace   text not null,
    gap_id      uuid not null,
    source_id   uuid not null,
    source_name text not null,
    from_at     timestamptz not null,
    to_at       timestamptz,
    reason      text not null,
    primary key (workspace, gap_id)
);
create index if not exists gaps_time on mentions.gaps (workspace, from_at, to_at);
