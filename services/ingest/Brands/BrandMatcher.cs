using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;
using Serm.Ingest.Posts;
using Serm.Ingest.Queries;
using Serm.Ingest.Queries.Matching;

namespace Serm.Ingest.Brands;

/// <summary>Finds the brands that posts speak of. Keeps one index a workspace and asks before each use whether it is still the newest, so that a change counts for the next post in every process.</summary>
internal sealed partial class BrandMatcher(NpgsqlDataSource dataSource, TimeProvider clock, ILogger<BrandMatcher> log)
{
    private static readonly Histogram<double> Duration = Telemetry.Meter.CreateHistogram<double>("serm.match.duration", "s", "Time that matching a batch of posts took");

    private readonly ConcurrentDictionary<string, CompiledBrands> compiled = new(StringComparer.Ordinal);

    /// <summary>The <see cref="Posts.MatchBrands"/> of the service.</summary>
    public async Task<IReadOnlyList<IReadOnlyList<MatchedBrand>>> MatchAsync(string workspace, IReadOnlyList<Post> posts, CancellationToken cancellationToken)
    {
        var brands = await NewestAsync(workspace, cancellationToken);
        var started = clock.GetTimestamp();
        var answers = new IReadOnlyList<MatchedBrand>[posts.Count];
        List<int> matched = [];
        for (var i = 0; i < posts.Count; i++)
        {
            matched.Clear();
            brands.Index.Match(PostText.Of(posts[i]), matched);
            matched.Sort();
            answers[i] = matched.Count == 0 ? [] : brands.Name(matched, posts[i]);
        }

        Duration.Record(clock.GetElapsedTime(started).TotalSeconds);
        return answers;
    }

    private async Task<CompiledBrands> NewestAsync(string workspace, CancellationToken cancellationToken)
    {
        var version = await BrandView.VersionAsync(dataSource, workspace, cancellationToken);
        if (compiled.TryGetValue(workspace, out var known) && known.Version >= version)
        {
            return known;
        }

        var (loaded, brands) = await BrandView.LoadAsync(dataSource, workspace, cancellationToken);
        var fresh = CompiledBrands.Of(loaded, brands, await CommonWords.CountAsync(dataSource, workspace, cancellationToken));
        foreach (var id in fresh.Unusable)
        {
            LogUnusable(log, id);
        }

        return compiled.AddOrUpdate(workspace, fresh, (_, other) => other.Version > fresh.Version ? other : fresh);
    }

    [LoggerMessage(EventId = 241, Level = LogLevel.Error, Message = "The query of brand {BrandId} was valid once and is not any more: the brand matches nothing until its query is saved again")]
    private static partial void LogUnusable(ILogger log, Guid brandId);

    private sealed record CompiledBrands(long Version, QueryIndex Index, IReadOnlyList<BrandRef> Names, IReadOnlyList<Guid> Unusable)
    {
        public static CompiledBrands Of(long version, IReadOnlyList<BrandView> brands, IReadOnlyDictionary<string, int> background)
        {
            List<IndexedQuery> queries = [];
            List<BrandRef> names = [];
            List<Guid> unusable = [];
            foreach (var brand in brands)
            {
                if (QueryParser.Parse(brand.Query).Root is not { } root)
                {
                    unusable.Add(brand.Id);
                    continue;
                }

                queries.Add(new(root, brand.Languages));
                names.Add(new(brand.Id, brand.Name, brand.Version));
            }

            return new(version, QueryIndex.Build(queries, background), names, unusable);
        }

        public List<MatchedBrand> Name(List<int> matched, Post post)
        {
            var text = PostText.Of(post);
            var naming = matched.ConvertAll(m => BrandNames.Naming(Names[m].Name, post, Index.Spans(m, text) ?? []));
            return [.. matched.Select((m, i) => new MatchedBrand(Names[m], BrandNames.For(naming, i)))];
        }
    }
}
