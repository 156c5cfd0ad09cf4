create schema if not exists mentions;

-- Every third stream grows soon after it began: with room on its page its index entry stays as it is.
alter table if exists mentions.mt_streams set (fillfactor = 70);

-- Personal text. Events never carry it, so erasing a person is deleting rows here.
create table if not exists mentions.content (
    workspace   text not null,
    mention_id  uuid not null,
    revision    int not null,
    url         text,
    title       text,
    text        text not null,
    author      jsonb,
    search      tsvector,
    primary key (workspace, mention_id, revision)
);
do $$ begin
    -- Earlier installations had PostgreSQL compute it.
    if exists (select from pg_attribute where attrelid = 'mentions.content'::regclass and attname = 'search' and attgenerated = 's') then
        alter table mentions.content alter column search drop expression;
    end if;
end $$;
alter table mentions.content add column if not exists names jsonb;
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
-- Room on each page for a row or two: a row that an alert or a delivery is noted in stays where it is, and its indexes untouched.
alter table mentions.inbox set (fillfactor = 70);
alter table mentions.inbox
    add column if not exists sim_hash   bigint,
    add column if not exists url_key    bigint,
    add column if not exists author_key uuid,
    add column if not exists thread_key uuid,
    add column if not exists is_reply   boolean not null default false,
    add column if not exists story_id   uuid,
    add column if not exists sla_state  smallint,
    add column if not exists sla_due_at timestamptz;
alter table mentions.inbox add column if not exists why jsonb, add column if not exists correction jsonb, add column if not exists engagement jsonb;
-- The label without what rescorings said, where that is another: clocks ask for it.
alter table mentions.inbox add column if not exists first_label smallint;
create index if not exists inbox_newest on mentions.inbox (workspace, published_at desc, id desc);
create index if not exists inbox_brand_newest on mentions.inbox (workspace, brand_id, published_at desc, id desc);
create index if not exists inbox_open_newest on mentions.inbox (workspace, published_at desc, id desc) where status <= 1;
create index if not exists inbox_urgent on mentions.inbox (workspace, urgency desc, id desc) where status <= 1;
-- Rows come about in the order in which they were seen: a summary of ranges of pages finds them, and costs a new row nothing.
drop index if exists mentions.inbox_seen;
create index if not exists inbox_seen_ranges on mentions.inbox using brin (seen_at) with (pages_per_range = 32, autosummarize = on);
create index if not exists inbox_author on mentions.inbox (workspace, author_key, published_at desc) where author_key is not null;
create index if not exists inbox_replies on mentions.inbox (workspace, thread_key, published_at) where is_reply;
create index if not exists inbox_story on mentions.inbox (workspace, story_id, published_at) where story_id is not null;
drop index if exists mentions.inbox_waiting;
create index if not exists inbox_turns on mentions.inbox (workspace, author_key) where status in (4, 5);
create index if not exists inbox_owner on mentions.inbox (workspace, owner, urgency desc, id desc) where owner is not null;
create index if not exists inbox_unscored on mentions.inbox (workspace, seen_at) where label = 3;

-- What people, rules, stories and clocks did to a mention: a row only where they did anything. Like the inbox a pure function of the stream.
create table if not exists mentions.desk (
    workspace         text not null,
    mention_id        uuid not null,
    tags              text[] not null,
    severity          smallint not null,
    flagged           boolean not null,
    snoozed_until     timestamptz,
    filtered_by       uuid,
    filtered_version  int,
    filtered_rule     text,
    sightings         int not null,
    per_hour          double precision not null,
    grew_at           timestamptz,
    reply_url         text,
    replied_at        timestamptz,
    first_answered_at timestamptz,
    draft_id          uuid,
    pauses            jsonb,
    version           int not null,
    primary key (workspace, mention_id)
);
alter table mentions.desk add column if not exists relevant boolean;
create index if not exists desk_relevant on mentions.desk (workspace) where relevant is not null;
create index if not exists desk_tags on mentions.desk using gin (tags);
create index if not exists desk_filtered on mentions.desk (workspace, filtered_by) where filtered_by is not null;
-- Whose brand it is, so that what rules put aside is counted without looking at the mentions. Rows of earlier versions are mended.
alter table mentions.desk add column if not exists brand_id uuid;
create index if not exists desk_aside on mentions.desk (workspace, brand_id) where filtered_by is not null;
update mentions.desk d set brand_id = i.brand_id from mentions.inbox i where d.filtered_by is not null and d.brand_id is null and i.workspace = d.workspace and i.id = d.mention_id;
create index if not exists desk_replied on mentions.desk (workspace, replied_at) where replied_at is not null;
-- The answer through the network that still asks for somebody: few rows have one.
alter table mentions.desk add column if not exists reply jsonb, add column if not exists reply_state smallint;
create index if not exists desk_reply on mentions.desk (workspace, reply_state) where reply_state is not null;
create index if not exists desk_severity on mentions.desk (workspace, severity) where severity <> 1;

-- When somebody has to look at a mention again: a snooze ends, a clock passes a mark. Whoever takes a row moves it on, so that it comes again should they die.
create table if not exists mentions.due (
    workspace   text not null,
    mention_id  uuid not null,
    at          timestamptz not null,
    primary key (workspace, mention_id)
);
create index if not exists due_at on mentions.due (at);

-- Settings of a workspace: the fold of its stream, and up to which version open mentions follow it.
create table if not exists mentions.settings (
    workspace   text not null,
    kind        text not null,
    version     int not null,
    applied     int not null default 0,
    lease_until timestamptz,
    state       jsonb not null,
    primary key (workspace, kind)
);

create table if not exists mentions.author_lists (
    workspace   text not null,
    author_key  uuid not null,
    list        text not null,
    reason      text,
    by_name     text not null,
    at          timestamptz not null,
    primary key (workspace, author_key)
);

create table if not exists mentions.views (
    workspace   text not null,
    id          uuid not null,
    owner       text not null,
    shared      boolean not null,
    name        text not null,
    query       jsonb not null,
    version     int not null,
    primary key (workspace, id)
);

-- Steps over many mentions, to be taken back.
create table if not exists mentions.bulk (
    workspace   text not null,
    id          uuid not null,
    action      text not null,
    by_name     text not null,
    at          timestamptz not null,
    items       jsonb not null,
    undone_at   timestamptz,
    primary key (workspace, id)
);

-- Who reads what right now: a hint.
create unlogged table if not exists mentions.presence (
    workspace   text not null,
    mention_id  uuid not null,
    user_name   text not null,
    until_at    timestamptz not null,
    primary key (workspace, mention_id, user_name)
);

-- How many answers were sent through networks, by whom, in which minute; nobody's name for the whole workspace.
create unlogged table if not exists mentions.reply_pace (
    workspace   text not null,
    by_name     text not null,
    minute      timestamptz not null,
    replies     int not null,
    primary key (workspace, by_name, minute)
);

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

-- A post that is gone from its network: the row stays, its text, author and address do not.
alter table mentions.content add column if not exists removed boolean not null default false;
do $$ begin
    -- Earlier versions copied the names of listed authors, left the words of what is gone where they are searched, and counted any reach that was claimed. Mended once: the comment tells that it was.
    if not exists (select from pg_attribute where attrelid = 'mentions.content'::regclass and attname = 'removed' and col_description(attrelid, attnum) is not null) then
        update mentions.content set text = '', title = null, author = null, search = null, names = null where removed;
        with beyond as (
            select workspace, id, brand_id, date_trunc('hour', published_at, 'UTC') as hour, label, status, reach - 20000000000 as reach from mentions.inbox where reach > 20000000000
        ), cut as (
            -- Its urgency was no number, or too high. Severity, clocks and stories count again from its next event on.
            update mentions.inbox i set reach = 20000000000, urgency = 4 * coalesce(i.negative, 0.5) + 5.15 + extract(epoch from i.published_at - '2020-01-01Z'::timestamptz) / 86400 from beyond b where i.workspace = b.workspace and i.id = b.id
        )
        update mentions.dynamics d set reach = d.reach - b.reach
        from (select workspace, brand_id, hour, label, sum(reach) as reach from beyond where status <> 3 group by 1, 2, 3, 4) b
        where d.workspace = b.workspace and d.brand_id = b.brand_id and d.hour = b.hour and d.label = b.label;
        if exists (select from pg_attribute where attrelid = 'mentions.author_lists'::regclass and attname = 'name' and not attisdropped) then
            -- The column stays, for replicas of the version before that still write to it.
            update mentions.author_lists set name = null where name is not null;
        end if;
        comment on column mentions.content.removed is 'True when the post is gone from its network; earlier rows were mended.';
    end if;
    -- They also left its address.
    if not exists (select from pg_attribute where attrelid = 'mentions.content'::regclass and attname = 'url' and col_description(attrelid, attnum) is not null) then
        update mentions.content set url = null where removed and url is not null;
        update mentions.inbox i set url_key = null
        from mentions.content c where c.removed and c.workspace = i.workspace and c.mention_id = i.id and c.revision = i.revision and i.url_key is not null;
        comment on column mentions.content.url is 'Null when the post is gone from its network; earlier rows were mended.';
    end if;
end $$;

-- Parts of the history that are judged again, and how far each is.
create table if not exists mentions.rescores (
    workspace   text not null,
    id          uuid not null,
    status      smallint not null,
    brand_id    uuid,
    from_at     timestamptz,
    to_at       timestamptz not null,
    model       text,
    per_second  int not null,
    total       bigint not null,
    sent        bigint not null default 0,
    judged      bigint not null default 0,
    cursor_at   timestamptz,
    cursor_id   uuid,
    asked_by    text not null,
    asked_at    timestamptz not null,
    changed_at  timestamptz not null,
    touched_at  timestamptz,
    lease_until timestamptz,
    leased_by   text,
    primary key (workspace, id)
);
create unique index if not exists rescores_one_at_a_time on mentions.rescores (workspace) where status <= 1;

-- Of each mention the last job that has counted it as judged: messages come twice, and count once.
create table if not exists mentions.rescored (
    workspace   text not null,
    mention_id  uuid not null,
    rescore_id  uuid not null,
    primary key (workspace, mention_id)
);

-- What each model said, of mentions that several have judged.
create table if not exists mentions.verdicts (
    workspace     text not null,
    id            uuid not null,
    model_version text not null,
    label         smallint not null,
    primary key (workspace, id, model_version)
);

-- What is erased, and how far each erasure is; once done its receipt. Names nobody.
create table if not exists mentions.erasures (
    workspace    text not null,
    id           uuid not null,
    kind         smallint not null,
    status       smallint not null default 0,
    subject      uuid,
    seen_before  timestamptz,
    keep_out     boolean not null,
    reference    text,
    asked_by     text not null,
    asked_at     timestamptz not null,
    done_at      timestamptz,
    mentions     bigint not null default 0,
    notes        bigint not null default 0,
    ingest       bigint not null default 0,
    sentiment    bigint not null default 0,
    alerts       bigint not null default 0,
    pages        int not null default 0,
    cursor_at    timestamptz,
    cursor_id    uuid,
    look_at      timestamptz not null,
    lease_until  timestamptz,
    leased_by    text,
    trace_parent text,
    primary key (workspace, id)
);
create index if not exists erasures_look on mentions.erasures (look_at) where status = 0 or keep_out;

-- The parts of erasures that are under way: which mentions, and what each service had of them. Null while it has not answered.
create table if not exists mentions.erasure_pages (
    workspace  text not null,
    erasure_id uuid not null,
    page       int not null,
    ids        uuid[] not null,
    handled    boolean not null default false,
    ingest     bigint,
    sentiment  bigint,
    alerts     bigint,
    primary key (workspace, erasure_id, page)
);

-- What people changed here, for those who ask who changed what. Apart from the events, which may be many; see ChangeRows.
create table if not exists mentions.changes (
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
create index if not exists changes_about on mentions.changes (workspace, about_id, at, id);

-- Of what no query searches by, statistics are of no use, and gathering them cost more than all other housekeeping.
alter table if exists mentions.mt_events alter column data set statistics 0, alter column bdata set statistics 0;
alter table mentions.content alter column title set statistics 0, alter column text set statistics 0, alter column url set statistics 0, alter column author set statistics 0, alter column names set statistics 0;
alter table mentions.inbox
    alter column evidence set statistics 0, alter column why set statistics 0, alter column correction set statistics 0, alter column engagement set statistics 0,
    alter column brand_name set statistics 0, alter column source_name set statistics 0, alter column neutral set statistics 0, alter column positive set statistics 0,
    alter column matched_at set statistics 0, alter column scored_at set statistics 0, alter column stored_at set statistics 0, alter column alerted_at set statistics 0,
    alter column delivered_at set statistics 0, alter column opened_at set statistics 0, alter column backfill set statistics 0;

-- What only grows, and grows alike, need not be sampled anew at every tenth.
alter table if exists mentions.mt_events set (autovacuum_analyze_scale_factor = 0.5);
alter table if exists mentions.mt_streams set (autovacuum_analyze_scale_factor = 0.5);
alter table mentions.content set (autovacuum_analyze_scale_factor = 0.5);
