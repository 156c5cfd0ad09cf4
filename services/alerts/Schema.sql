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
