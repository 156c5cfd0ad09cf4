using System.Diagnostics;
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
/// <param name="Examples">As in <see cref="BrandRequest"/>.</param>
public sealed record PreviewRequest(string? Query, IReadOnlyList<string>? Languages = null, IReadOnlyList<QueryExample>? Examples = null);

/// <summary>A recent post that the query takes, and the words by which it does.</summary>
public sealed record PreviewSample(string? Title, string Text, string? Url, string SourceName, string? Author, string Language, DateTimeOffset PublishedAt, IReadOnlyList<MatchSpan> Spans);

/// <summary>A recent post that one change of the query would take, and what stopped it.</summary>
public sealed record PreviewMiss(PreviewSample Post, IReadOnlyList<QueryStop> Stops);

/// <summary>How many posts of a day the query takes.</summary>
public sealed record PreviewDay(DateOnly Day, int Matched);

/// <summary>What the linter says, and what the query takes of the recent posts.</summary>
/// <param name="Errors">Why it cannot be used; empty when it can.</param>
/// <param name="Warnings">What is probably not meant.</param>
/// <param name="Matched">Posts that it takes.</param>
/// <param name="Tried">Posts that it was tried on.</param>
/// <param name="Samples">The newest that it takes, at most 20.</param>
/// <param name="Days">By day of publishing in UTC, oldest first; days without any are left out.</param>
/// <param name="Forms">The inflected forms by which it took posts, beside the words as written.</param>
/// <param name="Misses">The newest posts that one change would take, at most 10, of the latest 500.</param>
/// <param name="Examples">How it does on the examples.</param>
/// <param name="Milliseconds">What asking it of all these posts took.</param>
public sealed record PreviewAnswer(
    IReadOnlyList<QueryIssue> Errors,
    IReadOnlyList<QueryIssue> Warnings,
    int Matched,
    int Tried,
    IReadOnlyList<PreviewSample> Samples,
    IReadOnlyList<PreviewDay> Days,
    IReadOnlyList<WordForms> Forms,
    IReadOnlyList<PreviewMiss> Misses,
    IReadOnlyList<ExampleResult> Examples,
    double Milliseconds);

/// <summary>Tries a query on the posts that came in last.</summary>
internal static class PreviewQuery
{
    private const int MaxSamples = 20;
    private const int MaxMisses = 10;
    private const int TriedForMisses = 500;

    // Bounds the time of one preview when the posts are long articles.
    private const long MaxCharacters = 20_000_000;
    private const int MaxMissCharacters = 2_000;

    public static async Task<Ok<PreviewAnswer>> RunAsync(PreviewRequest body, NpgsqlDataSource dataSource, Caller caller, CancellationToken ct)
    {
        var languages = BrandRequests.Languages(body.Languages);
        var examples = QueryExamples.Check(body.Examples);
        var parsed = QueryParser.Parse(body.Query);
        return TypedResults.Ok(parsed.Root is null
            ? new PreviewAnswer(parsed.Errors, parsed.Warnings, 0, 0, [], [], [], [], [], 0)
            : await TryAsync(parsed.Root, languages, dataSource, caller.Workspace, ct) with { Warnings = parsed.Warnings, Examples = QueryExamples.Run(parsed.Root, languages, examples) });
    }

    private static async Task<PreviewAnswer> TryAsync(QueryNode root, IReadOnlyList<string> languages, NpgsqlDataSource dataSource, string workspace, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand("select title, text, url, source_name, author, language, published_at, split_part(native_key, ':', 1), handle, followers, reach, engagement from ingest.recent_posts where workspace = $1 order by seen_at desc, native_key limit $2");
        command.Parameters.Add(new() { Value = workspace });
        command.Parameters.Add(new() { Value = RecentPosts.MaxPosts });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var index = QueryIndex.Build([new(root, languages)]);
        var (forms, nearMiss) = (new FormsSeen(root), new NearMiss(root));
        List<PreviewSample> samples = [];
        List<PreviewMiss> misses = [];
        SortedDictionary<DateOnly, int> days = [];
        List<int> hits = [];
        var (matched, tried, characters, ticks) = (0, 0, 0L, 0L);
        while (characters < MaxCharacters && await reader.ReadAsync(ct))
        {
            // Rows that have come already are read without waiting.
            ct.ThrowIfCancellationRequested();
            var sample = new PreviewSample(Text(reader, 0), reader.GetString(1), Text(reader, 2), reader.GetString(3), Text(reader, 4), reader.GetString(5), reader.GetFieldValue<DateTimeOffset>(6), []);
            var post = new PostText(sample.Title, sample.Text, sample.Language, sample.Author, Text(reader, 8), sample.Url, reader.GetString(7), sample.SourceName, Number(reader, 9), Number(reader, 10), Number(reader, 11));
            characters += sample.Text.Length;
            tried++;
            hits.Clear();
            var started = Stopwatch.GetTimestamp();
            index.Match(post, hits);
            ticks += Stopwatch.GetTimestamp() - started;
            if (hits.Count > 0)
            {
                matched++;
                var spans = index.Spans(0, post) ?? [];
                var day = DateOnly.FromDateTime(sample.PublishedAt.UtcDateTime);
                days[day] = days.GetValueOrDefault(day) + 1;
                forms.Add(post, spans);
                if (samples.Count < MaxSamples)
                {
                    samples.Add(sample with { Spans = spans });
                }
            }
            else if (misses.Count < MaxMisses && tried <= TriedForMisses && sample.Text.Length <= MaxMissCharacters && nearMiss.OneChange(post) is { } stops)
            {
                misses.Add(new(sample, stops));
            }
        }

        return new([], [], matched, tried, samples, [.. days.Select(d => new PreviewDay(d.Key, d.Value))], forms.All(), misses, [], ticks * 1_000.0 / Stopwatch.Frequency);
    }

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private static long? Number(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetInt64(column);
}
