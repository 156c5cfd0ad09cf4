create schema if not exists alerts;

-- Rules as they are now: the fold of their streams. A removed rule keeps its row, so that the default rule does not come back.
create table if not exists alerts.rules (
    workspace text not null,
    id        uuid not null,
    removed   boolean not null,
    state     jsonb not null,
    primary key (workspace, id)
);

-- One row an alert, written with its event. No personal text: the post itself is in mentions alone.
create table if not exists alerts.alerts (
    workspace  text not null,
    id         uuid not null,
    rule_id    uuid not null,
    rule_name  text not null,
    mention_id uuid not null,
    brand_id   uuid not null,
    brand_name text not null,
    negative   real not null,
    reach      bigint,
    seen_at    timestamptz not null,
    raised_at  timestamptz not null,
    primary key (workspace, id)
);
create index if not exists alerts_newest on alerts.alerts (workspace, raised_at desc, id desc);
create index if not exists alerts_brand_newest on alerts.alerts (workspace, brand_id, raised_at desc, id desc);
create index if not exists alerts_rule_newest on alerts.alerts (workspace, rule_id, raised_at desc, id desc);

-- Webhooks and the feed of public events.

-- What alerts quote: the judged mention. Apart from the events, so that it can be forgotten; kept as long as the feed.
create table if not exists alerts.mentions (
    workspace text not null,
    id        uuid not null,
    at        timestamptz not null,
    content   jsonb not null,
    primary key (workspace, id)
);
create index if not exists mentions_oldest on alerts.mentions (at);

-- Webhooks as they are now: the fold of their streams.
create table if not exists alerts.webhooks (
    workspace text not null,
    id        uuid not null,
    removed   boolean not null,
    delivers  boolean not null,
    state     jsonb not null,
    primary key (workspace, id)
);

-- Encrypted: the signing secrets and the values of own headers.
create table if not exists alerts.webhook_secrets (
    workspace  text not null,
    webhook_id uuid not null,
    sealed     bytea not null,
    primary key (workspace, webhook_id)
);

-- How each receiver has been doing.
create table if not exists alerts.webhook_health (
    webhook_id      uuid primary key,
    failing_since   timestamptz,
    last_success_at timestamptz,
    last_failure_at timestamptz,
    last_error      text
);

-- The feed. seq has no gaps in a workspace and grows in the order of commits; a test has none and is not in the feed.
create table if not exists alerts.public_sequences (
    workspace text primary key,
    last      bigint not null,
    trimmed   bigint not null default 0
);
create table if not exists alerts.public_events (
    workspace   text not null,
    id          uuid not null,
    seq         bigint,
    type        text not null,
    at          timestamptz not null,
    brand_id    uuid,
    mention_id  uuid,
    severity    text,
    labels      text[] not null default '{}',
    data        text not null,
    trace_parent text,
    primary key (workspace, id)
);
create unique index if not exists public_events_order on alerts.public_events (workspace, seq) where seq is not null;
create index if not exists public_events_oldest on alerts.public_events (at);
create index if not exists public_events_mention on alerts.public_events (workspace, mention_id) where mention_id is not null;

-- One row an event and webhook. status: 0 due, 1 delivered, 2 given up. due_at is moved ahead while an attempt runs, so that a dead process' work comes back.
create table if not exists alerts.deliveries (
    workspace       text not null,
    webhook_id      uuid not null,
    event_id        uuid not null,
    seq             bigint,
    type            text not null,
    status          smallint not null,
    due_at          timestamptz not null,
    step            smallint not null default 0,
    attempts        int not null default 0,
    replay_id       uuid,
    created_at      timestamptz not null,
    last_attempt_at timestamptz,
    last_code       int,
    last_error      text,
    primary key (webhook_id, event_id)
) with (fillfactor = 80);
create index if not exists deliveries_due on alerts.deliveries (webhook_id, (replay_id is not null), due_at) where status = 0;
create index if not exists deliveries_newest on alerts.deliveries (webhook_id, created_at desc, event_id);
create index if not exists deliveries_replay on alerts.deliveries (replay_id) where replay_id is not null;
create index if not exists deliveries_oldest on alerts.deliveries (created_at);

create table if not exists alerts.delivery_attempts (
    webhook_id uuid not null,
    event_id   uuid not null,
    at         timestamptz not null,
    url        text not null,
    ms         int not null,
    code       int,
    error      text,
    body_head  text,
    primary key (webhook_id, event_id, at)
);
create index if not exists delivery_attempts_newest on alerts.delivery_attempts (webhook_id, at);
create index if not exists delivery_attempts_oldest on alerts.delivery_attempts using brin (at);

create table if not exists alerts.replays (
    workspace  text not null,
    id         uuid not null,
    webhook_id uuid not null,
    kind       text not null,
    from_at    timestamptz,
    to_at      timestamptz,
    total      bigint not null,
    by         text not null,
    at         timestamptz not null,
    primary key (workspace, id)
);
