using Npgsql;
using Serm.Defaults;
using Serm.Mentions;

namespace Serm.Bench;

/// <summary>Fills the read tables of mentions by set-based SQL: five brands, five languages, thirty sources, ninety days, most of it dealt with, the open ones recent.</summary>
internal static class InboxSeed
{
    public const int Rows = 1_000_000;

    public const string Workspace = "main";

    /// <summary>In three texts of ten.</summary>
    public const string CommonWord = "delivery";

    /// <summary>In one text of ten thousand.</summary>
    public const string RareWord = "zirconium";

    public static Guid Brand(int number) => NameBasedGuid.Create(Guid.Empty, $"brand-{number}");

    public static Guid Source(int number) => NameBasedGuid.Create(Guid.Empty, $"source-{number}");

    // Secondary indexes are dropped while a million rows go in, and made again by the service's own script.
    private const string DropIndexes = """
        do $$ declare i record; begin
            for i in select c.relname from pg_index x join pg_class c on c.oid = x.indexrelid join pg_namespace n on n.oid = c.relnamespace
                where n.nspname = 'mentions' and not x.indisprimary and x.indrelid in ('mentions.inbox'::regclass, 'mentions.content'::regclass)
            loop execute format('drop index mentions.%I', i.relname); end loop;
            -- The script shall make them again.
            comment on table mentions.content is null;
        end $$
        """;

    // Skewed picks: a power of a uniform number, so that the first are frequent and the last rare, as words, brands and sources are.
    private const string Texts = """
        select setseed(0.42);
        create unlogged table bench_texts as
        select t as n, string_agg(w, ' ') as text from (
            select t, substr(md5('word' || (4000 * power(random(), 3))::int), 1, 3 + (t + k) % 6) as w
            from generate_series(1, 20000) t, generate_series(1, 11) k) x group by t;
        alter table bench_texts add primary key (n);
        analyze bench_texts;
        """;

    private const string Seed = """
        create unlogged table bench_rows as
        select n, md5('mention' || n)::uuid as id,
            $1::uuid[] as brands, (1 + floor(5 * power(random(), 1.7)))::int as brand,
            (1 + floor(30 * power(random(), 2)))::int as source,
            (array['en','en','en','en','ru','ru','ru','tr','sv','vi'])[1 + floor(10 * random())::int] as language,
            (case when random() < 0.25 then 0 when random() < 0.6 then 1 else 2 end)::smallint as label,
            now() - random() * interval '90 days' as published_at,
            case when random() < 0.2 then null else floor(power(10, 1 + 5 * random()))::bigint end as reach,
            random() as s, random() as r, (1 + floor(20000 * random()))::int as a, (1 + floor(20000 * random()))::int as b
        from generate_series(1, $2) n;
        """;

    private const string Content = """
        insert into mentions.content (workspace, mention_id, revision, url, title, text, author, search)
        select *, to_tsvector('simple', concat_ws(' ', title, text, author ->> 'name', author ->> 'handle'))
        from (select $1 as workspace, s.id, 1 as revision, 'https://example.org/post/' || s.n as url, case when s.n % 3 = 0 then left(y.text, 40) end as title,
            x.text || case when s.r < 0.3 then ' delivery ' else ' ' end || y.text || case when s.n % 10000 = 77 then ' zirconium' else '' end as text,
            jsonb_build_object('id', 'a' || (s.n % 50000), 'name', 'author ' || (s.n % 50000), 'handle', 'author' || (s.n % 50000), 'followers', s.n % 9000) as author
        from bench_rows s join bench_texts x on x.n = s.a join bench_texts y on y.n = s.b) made
        """;

    private const string Inbox = """
        insert into mentions.inbox
        select $1, id, brands[brand], 'Brand ' || brand, 'feed', ($2::uuid[])[source], 'Source ' || source, language, label,
            negative, (1 - negative) * 0.6, (1 - negative) * 0.4, 'bench-1', '[{"part":"text","start":0,"length":5,"weight":0.4}]'::jsonb,
            status, case when status in (1, 2) then 'tester' end, reach,
            4 * negative + 0.5 * log(1 + coalesce(reach, 0)) + extract(epoch from published_at - timestamptz '2020-01-01 00:00Z') / 86400,
            published_at, published_at + interval '20 s', published_at + interval '20.1 s', published_at + interval '20.2 s', published_at + interval '20.3 s',
            null, null, null, case when status = 2 then published_at + interval '3 h' end, 1, 3, false
        from (
            select *, (case label when 0 then 0.5 + s / 2 else s / 2 end)::real as negative,
                (case when published_at > now() - interval '2 days' then case when r < 0.6 then 0 when r < 0.7 then 1 else 2 end
                      when r < 0.01 then 0 when r < 0.07 then 3 else 2 end)::smallint as status
            from bench_rows) x
        """;

    private const string Dynamics = """
        insert into mentions.dynamics (workspace, brand_id, hour, label, mentions, reach)
        select workspace, brand_id, date_trunc('hour', published_at), label, count(*), sum(coalesce(reach, 0)) from mentions.inbox where status <> 3 group by 1, 2, 3, 4
        """;

    private const string Totals = """
        insert into mentions.totals (workspace, brand_id, status, label, mentions) select workspace, brand_id, status, label, count(*) from mentions.inbox group by 1, 2, 3, 4
        """;

    /// <summary>Fills empty tables.</summary>
    public static async Task RunAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        var brands = Enumerable.Range(1, 5).Select(Brand).ToArray();
        var sources = Enumerable.Range(1, 30).Select(Source).ToArray();
        await ExecuteAsync(source, DropIndexes, cancellationToken);
        await ExecuteAsync(source, Texts, cancellationToken);
        await ExecuteAsync(source, Seed, cancellationToken, brands, Rows);
        await Task.WhenAll(
            ExecuteAsync(source, Content, cancellationToken, Workspace),
            ExecuteAsync(source, Inbox, cancellationToken, Workspace, sources));
        await ExecuteAsync(source, Dynamics, cancellationToken);
        await ExecuteAsync(source, Totals, cancellationToken);
        await Schema.ApplyAsync(source, "mentions.content", typeof(MentionView).Assembly, cancellationToken);
        await ExecuteAsync(source, "drop table bench_rows, bench_texts", cancellationToken);
        await ExecuteAsync(source, "vacuum analyze mentions.inbox, mentions.content, mentions.dynamics, mentions.totals", cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql, CancellationToken cancellationToken, params object[] parameters)
    {
        await using var command = source.CreateCommand(sql);
        command.CommandTimeout = 300;
        foreach (var value in parameters)
        {
            command.Parameters.AddWithValue(value);
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
