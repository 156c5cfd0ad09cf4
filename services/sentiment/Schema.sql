create schema if not exists sentiment;

-- What people said instead of the model: the last word of each mention. A withdrawn or erased one keeps its version and no text, so that an older message cannot bring it back;
-- one of a removed post keeps its label and no text.
create table if not exists sentiment.corrections (
    workspace     text not null,
    mention_id    uuid not null,
    brand_id      uuid not null,
    revision      int not null,
    version       int not null,
    label         smallint,
    was           smallint,
    model_version text,
    language      text not null,
    title         text,
    text          text not null,
    names         jsonb,
    corrected_at  timestamptz not null,
    primary key (workspace, mention_id)
);
create index if not exists corrections_newest on sentiment.corrections (workspace, corrected_at desc) where label is not null;

-- How a workspace has its mentions judged; no row is the shipped model as it is.
create table if not exists sentiment.settings (
    workspace     text primary key,
    sensitivity   real not null default 0,
    train_after   int not null default 50,
    promotion     text not null default 'person',
    model_version text,
    version       int not null default 1,
    changed_by    text not null,
    changed_at    timestamptz not null
);

-- Models learnt from corrections, and those being learnt.
create table if not exists sentiment.models (
    workspace   text not null,
    id          uuid not null,
    version     text,
    shipped     text not null,
    status      text not null,
    asked_by    text not null,
    asked_at    timestamptz not null,
    finished_at timestamptz,
    promoted_by text,
    promoted_at timestamptz,
    progress    real not null default 0,
    corrections int not null default 0,
    comparison  jsonb,
    weights     bytea,
    checksum    text,
    problem     text,
    lease_until timestamptz,
    primary key (workspace, id)
);
create index if not exists models_open on sentiment.models (asked_at) where status in ('queued', 'training');
create unique index if not exists models_one_at_a_time on sentiment.models (workspace) where status in ('queued', 'training');

-- A sample of what was judged last: what a new model would change is shown on it, and it holds a new model to what nobody corrected.
create table if not exists sentiment.recent (
    workspace  text not null,
    mention_id uuid not null,
    brand_id   uuid not null,
    revision   int not null,
    language   text not null,
    title      text,
    text       text not null,
    names      jsonb,
    seen_at    timestamptz not null,
    primary key (workspace, mention_id)
);
create index if not exists recent_oldest on sentiment.recent (workspace, seen_at);

-- Posts that are gone, up to this revision, and mentions that were erased, for good: no text of theirs is stored here again.
create table if not exists sentiment.removed (
    workspace  text not null,
    mention_id uuid not null,
    revision   int not null,
    primary key (workspace, mention_id)
);

-- What people changed here, for those who ask who changed what. Apart from the events, which may be many; see ChangeRows.
create table if not exists sentiment.changes (
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
create index if not exists changes_about on sentiment.changes (workspace, about_id, at, id);
