using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Serm.Defaults;
using Serm.Ingest.Posts;
using Serm.Ingest.Queries;
using Serm.Ingest.Queries.Matching;

namespace Serm.Ingest.Brands;

/// <summary>A query to be tried.</summary>
/// <param name="Query">In the language of docs/queries.md.</param>
/// <param name="Languages">As in <see cref="BrandRequest"/>.</param>
public sealed record PreviewRequest(string? Query, IReadOnlyList<string>? Languages = null);

/// <summary>A recent post that the query takes, and the words by which it does.</summary>
public sealed record PreviewSample(string? Title, string Text, string? Url, string SourceName, string? Author, string Language, DateTimeOffset PublishedAt, IReadOnlyList<MatchSpan> Spans);

/// <summary>What the linter says, and what the query takes of the recent posts.</summary>
/// <param name="Errors">Why it cannot be used; empty when it can.</param>
/// <param name="Warnings">What is probably not meant.</param>
/// <param name="Matched">Posts that it takes.</param>
/// <param name="Tried">Posts that it was tried on.</param>
/// <param name="Samples">The newest that it takes, at most 20.</param>
public sealed record PreviewAnswer(IReadOnlyList<QueryIssue> Errors, IReadOnlyList<QueryIssue> Warnings, int Matched, int Tried, IReadOnlyList<PreviewSample> Samples);

/// <summary>Tries a query on the posts that came in last.</summary>
internal static class PreviewQuery
{
    private const int MaxSamples = 20;

    // Bounds the time of one preview when the posts are long articles.
    private const long MaxCharacters = 20_000_000;

    public static async Task<Ok<PreviewAnswer>> RunAsync(PreviewRequest body, NpgsqlDataSource dataSource, Caller caller, CancellationToken ct)
    {
        var languages = BrandRequests.Languages(body.Languages);
        var parsed = QueryParser.Parse(body.Query);
        return TypedResults.Ok(parsed.Root is null
            ? new PreviewAnswer(parsed.Errors, parsed.Warnings, 0, 0, [])
            : await TryAsync(QueryIndex.Build([new(parsed.Root, languages)]), parsed.Warnings, dataSource, caller.Workspace, ct));
    }

    private static async Task<PreviewAnswer> TryAsync(QueryIndex index, IReadOnlyList<QueryIssue> warnings, NpgsqlDataSource dataSource, string workspace, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand("select title, text, url, source_name, author, language, published_at from ingest.recent_posts where workspace = $1 order by seen_at desc, native_key limit $2");
        command.Parameters.Add(new() { Value = workspace });
        command.Parameters.Add(new() { Value = RecentPosts.MaxPosts });
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<PreviewSample> samples = [];
        List<int> hits = [];
        var (matched, tried, characters) = (0, 0, 0L);
        while (characters < MaxCharacters && await reader.ReadAsync(ct))
        {
            var sample = new PreviewSample(Text(reader, 0), reader.GetString(1), Text(reader, 2), reader.GetString(3), Text(reader, 4), reader.GetString(5), reader.GetFieldValue<DateTimeOffset>(6), []);
            var post = new PostText(sample.Title, sample.Text, sample.Language, sample.Author, null, sample.Url);
            characters += sample.Text.Length;
            tried++;
            hits.Clear();
            index.Match(post, hits);
            if (hits.Count == 0)
            {
                continue;
            }

            matched++;
            if (samples.Count < MaxSamples)
            {
                samples.Add(sample with { Spans = index.Spans(0, post) ?? [] });
            }
        }

        return new([], warnings, matched, tried, samples);
    }

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
