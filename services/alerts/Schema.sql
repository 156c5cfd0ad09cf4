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
    content   json not null,
    primary key (workspace, id)
);
create index if not exists mentions_oldest on alerts.mentions (at);
do $$ begin
    -- Earlier installations had PostgreSQL take each apart, though only of those that are gone is a part asked for.
    if exists (select from information_schema.columns where table_schema = 'alerts' and table_name = 'mentions' and column_name = 'content' and data_type = 'jsonb') then
        alter table alerts.mentions alter column content type json using content::json;
    end if;
end $$;

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

-- One row an event and webhook, with its newest attempt. status: 0 due, 1 delivered, 2 given up. due_at is moved ahead while an attempt runs, so that a dead process' work comes back.
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
alter table alerts.deliveries add column if not exists last_url text;
alter table alerts.deliveries add column if not exists last_ms int;
alter table alerts.deliveries add column if not exists last_head text;
create index if not exists deliveries_due on alerts.deliveries (webhook_id, (replay_id is not null), due_at) where status = 0;
create index if not exists deliveries_newest on alerts.deliveries (webhook_id, created_at desc, event_id);
create index if not exists deliveries_replay on alerts.deliveries (replay_id) where replay_id is not null;
create index if not exists deliveries_age on alerts.deliveries using brin (created_at);
drop index if exists alerts.deliveries_oldest;

-- First attempts that a replica makes without a claim: their deliveries are written with their results, or come due when it has not written them until then.
create table if not exists alerts.first_attempts (
    workspace text not null,
    event_id  uuid not null,
    seq       bigint,
    type      text not null,
    at        timestamptz not null,
    webhooks  uuid[] not null,
    until     timestamptz not null,
    primary key (workspace, event_id)
);
create index if not exists first_attempts_until on alerts.first_attempts (until);

-- Every delivery, also those whose first attempt runs.
create or replace view alerts.delivery_log as
select webhook_id, event_id, seq, type, status, due_at, attempts, replay_id, created_at, last_attempt_at, last_code, last_error from alerts.deliveries
union all
select w.id, f.event_id, f.seq, f.type, 0::smallint, f.until, 0, null::uuid, f.at, null::timestamptz, null::int, null::text
from alerts.first_attempts f cross join lateral unnest(f.webhooks) as w(id)
where not exists (select 1 from alerts.deliveries d where d.webhook_id = w.id and d.event_id = f.event_id);

-- Earlier attempts. A delivery whose last_url is null has all of its attempts here.
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
drop index if exists alerts.delivery_attempts_newest;
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

-- The incident of each alert: null on those from before there were incidents.
alter table alerts.alerts add column if not exists incident_id uuid;
create index if not exists alerts_incident on alerts.alerts (workspace, incident_id, raised_at desc, id desc) where incident_id is not null;

-- Incidents as they are now: the fold of their streams. alerts counts every alert, also those that no event tells one by one.
create table if not exists alerts.incidents (
    workspace   text not null,
    id          uuid not null,
    rule_id     uuid not null,
    brand_id    uuid not null,
    kind        text not null,
    severity    smallint not null,
    status      smallint not null,
    owner       text,
    source_id   uuid,
    alerts      bigint not null,
    opened_at   timestamptz not null,
    last_at     timestamptz not null,
    resolved_at timestamptz,
    state       jsonb not null,
    primary key (workspace, id)
);
create index if not exists incidents_newest on alerts.incidents (workspace, opened_at desc, id desc);
create index if not exists incidents_grouping on alerts.incidents (workspace, rule_id, brand_id, opened_at desc);
create index if not exists incidents_lasting on alerts.incidents (workspace, last_at) where status < 2;
create index if not exists incidents_merged on alerts.incidents (workspace, rule_id, brand_id) where status = 3;
create index if not exists incidents_cause on alerts.incidents (workspace, rule_id, brand_id, (state ->> 'cause'));

-- What people wrote on incidents.
create table if not exists alerts.notes (
    workspace   text not null,
    id          uuid not null,
    incident_id uuid not null,
    text        text not null,
    primary key (workspace, id)
);

create table if not exists alerts.silences (
    workspace text not null,
    id        uuid not null,
    ends_at   timestamptz not null,
    state     jsonb not null,
    primary key (workspace, id)
);
create index if not exists silences_ending on alerts.silences (workspace, ends_at desc);

-- Where people are told. secret is encrypted and never leaves the service.
create table if not exists alerts.channels (
    workspace      text not null,
    id             uuid not null,
    state          jsonb not null,
    secret         bytea,
    failures       int not null default 0,
    open_until     timestamptz,
    last_error     text,
    last_at        timestamptz,
    last_good_at   timestamptz,
    next_digest_at timestamptz,
    primary key (workspace, id)
);

-- The last failure that counted: tries that ran when it came, and fail as well, are the same one.
alter table alerts.channels add column if not exists failed_at timestamptz;

create table if not exists alerts.on_call (
    workspace text not null primary key,
    state     jsonb not null
);

-- What is to be told: written in the transaction of what it tells, claimed with SKIP LOCKED, told until it is delivered or given up.
create table if not exists alerts.notices (
    workspace    text not null,
    id           uuid not null,
    channel_id   uuid not null,
    incident_id  uuid,
    kind         text not null,
    step         int not null,
    state        text not null,
    due_at       timestamptz not null,
    attempts     int not null,
    created_at   timestamptz not null,
    locked_until timestamptz,
    delivered_at timestamptz,
    error        text,
    since        timestamptz,
    primary key (workspace, id)
);
-- Until when a digest sums up: its next tries come later. And until when the last one of a channel did: there the next one begins.
alter table alerts.notices add column if not exists until timestamptz;
alter table alerts.channels add column if not exists digested_to timestamptz;
create index if not exists notices_waiting on alerts.notices (channel_id, due_at) where state = 'due';
drop index if exists alerts.notices_due;
create index if not exists notices_incident on alerts.notices (workspace, incident_id, created_at);
create index if not exists notices_channel on alerts.notices (workspace, channel_id, created_at desc);

-- One compact row a judged mention, for backtests: words and authors as hashes, never as texts.
create table if not exists alerts.judged (
    workspace  text not null,
    mention_id uuid not null,
    brand_id   uuid not null,
    source_id  uuid not null,
    at         timestamptz not null,
    negative   real not null,
    label      smallint not null,
    reach      bigint,
    language   text not null,
    story      text not null,
    words      int[] not null,
    authors    int[] not null,
    backfill   boolean not null,
    primary key (workspace, mention_id)
);
-- What the verdict said of itself; null where it said nothing.
alter table alerts.judged add column if not exists urgent boolean;
-- Words and authors as the service packs them: PostgreSQL took arrays apart number by number. Rows of before have the arrays.
alter table alerts.judged add column if not exists tokens bytea, alter column words drop not null, alter column authors drop not null;
create index if not exists judged_brand on alerts.judged (workspace, brand_id, at);
drop index if exists alerts.judged_at;
create index if not exists judged_ranges on alerts.judged using brin (at) with (autosummarize = on);

-- Mentions by brand and source, by minute for the last days and by hour for all of the history.
create table if not exists alerts.counts_minute (
    workspace text not null,
    brand_id  uuid not null,
    source_id uuid not null,
    at        timestamptz not null,
    total     int not null,
    negative  int not null,
    primary key (workspace, brand_id, at, source_id)
);
create index if not exists counts_minute_at on alerts.counts_minute (at);
create table if not exists alerts.counts_hour (
    workspace text not null,
    brand_id  uuid not null,
    source_id uuid not null,
    at        timestamptz not null,
    total     int not null,
    negative  int not null,
    primary key (workspace, brand_id, at, source_id)
);
create index if not exists counts_hour_at on alerts.counts_hour (at);

-- Terms by hour, of a sample of the mentions of each brand; n of the empty term is the size of the sample.
create table if not exists alerts.terms (
    workspace text not null,
    brand_id  uuid not null,
    hour      timestamptz not null,
    term      text not null,
    n         int not null,
    mentions  uuid[] not null,
    primary key (workspace, brand_id, hour, term)
);
create index if not exists terms_hour on alerts.terms (hour);

-- When sources were blind, as ingest told.
create table if not exists alerts.gaps (
    workspace   text not null,
    id          uuid not null,
    source_id   uuid not null,
    source_name text not null,
    reason      text not null,
    since       timestamptz not null,
    until       timestamptz,
    primary key (workspace, id)
);
create index if not exists gaps_open on alerts.gaps (workspace, source_id) where until is null;

-- Sources whose credentials end soon, as ingest told last; without an end once they have new ones.
create table if not exists alerts.credentials (
    workspace   text not null,
    source_id   uuid not null,
    source_name text not null,
    end_at      timestamptz,
    at          timestamptz not null,
    primary key (workspace, source_id)
);

-- Names of brands and sources as mentions told them last.
create table if not exists alerts.names (
    workspace text not null,
    kind      text not null,
    id        uuid not null,
    name      text not null,
    primary key (workspace, kind, id)
);

-- When a source was removed, as ingest told: only what it tells later counts.
alter table alerts.names add column if not exists removed_at timestamptz;

-- Mentions whose clock ran out, as mentions told. A clock that is met, or starts anew, takes its row back.
create table if not exists alerts.overdue (
    workspace  text not null,
    mention_id uuid not null,
    clock      text not null,
    brand_id   uuid not null,
    brand_name text not null,
    breached   boolean not null,
    due_at     timestamptz not null,
    at         timestamptz not null,
    primary key (workspace, mention_id, clock)
);
create index if not exists overdue_now on alerts.overdue (workspace, brand_id) where breached;
create index if not exists overdue_at on alerts.overdue (at);

-- Hours in which only what is critical is told by channels that have none of their own.
create table if not exists alerts.quiet_hours (
    workspace text primary key,
    version   int not null,
    state     jsonb not null
);

-- Posts that are gone from their network: up to this revision nothing of their text is kept or told any more.
create table if not exists alerts.removed (
    workspace  text not null,
    mention_id uuid not null,
    revision   int not null,
    at         timestamptz not null,
    primary key (workspace, mention_id)
);
create index if not exists removed_newest on alerts.removed (at);

-- What people changed here, for those who ask who changed what. Apart from the events, which may be many; see ChangeRows.
create table if not exists alerts.changes (
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
create index if not exists changes_about on alerts.changes (workspace, about_id, at, id);

-- Of what no query searches by, statistics are of no use.
alter table if exists alerts.mt_events alter column data set statistics 0, alter column bdata set statistics 0;
alter table alerts.judged alter column tokens set statistics 0, alter column words set statistics 0, alter column authors set statistics 0, alter column story set statistics 0;
alter table alerts.mentions alter column content set statistics 0;
alter table alerts.public_events alter column data set statistics 0, alter column trace_parent set statistics 0;

-- What only grows, and grows alike, need not be sampled anew at every tenth.
alter table if exists alerts.mt_events set (autovacuum_analyze_scale_factor = 0.5);
alter table if exists alerts.mt_streams set (autovacuum_analyze_scale_factor = 0.5);
alter table alerts.judged set (autovacuum_analyze_scale_factor = 0.5);
alter table alerts.mentions set (autovacuum_analyze_scale_factor = 0.5);
alter table alerts.public_events set (autovacuum_analyze_scale_factor = 0.5);
