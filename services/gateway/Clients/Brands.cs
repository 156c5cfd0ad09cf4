namespace Serm.Gateway.Clients;

/// <summary>A brand as the ingest service gives it.</summary>
public sealed record BrandItem(Guid Id, string Name, string Query, IReadOnlyList<string>? Languages, Guid? CompetitorOf, long Version, DateTimeOffset CreatedAt, IReadOnlyList<QueryExample>? Examples = null);

/// <summary>A text that the query must or must not take.</summary>
public sealed record QueryExample(string Text, bool Match, string? Language = null);

/// <summary>A part of a query that stopped it: <c>missing</c>, <c>excluded</c> or <c>apart</c>.</summary>
public sealed record QueryStop(string Code, string Part);

/// <summary>How a query did on a text.</summary>
public sealed record QueryVerdict(bool Matches, int Distance, IReadOnlyList<QueryStop> Stops);

/// <summary>How a query did on an example.</summary>
public sealed record ExampleResult(int Index, bool Passed, QueryVerdict Verdict);

/// <summary>A word and the other forms of it that were met.</summary>
public sealed record WordForms(string Word, IReadOnlyList<string> Forms);

/// <summary>A recent post that one change of the query would take.</summary>
public sealed record MissedPost(SamplePost Post, IReadOnlyList<QueryStop> Stops);

/// <summary>Posts of a day.</summary>
public sealed record PreviewDay(DateOnly Day, int Matched);

/// <summary>A remark about a query, at a place in it.</summary>
/// <param name="Code">Stable.</param>
/// <param name="Message">One sentence.</param>
/// <param name="Column">First character, from 1.</param>
/// <param name="Length">Characters.</param>
public sealed record QueryRemark(string Code, string Message, int Column, int Length);

/// <summary>Where a query matched.</summary>
/// <param name="Part"><c>title</c>, <c>text</c> or another part that is not shown.</param>
/// <param name="Start">First UTF-16 character, from 0.</param>
/// <param name="Length">UTF-16 characters.</param>
public sealed record MatchSpan(string Part, int Start, int Length);

/// <summary>A recent post that a query matches.</summary>
public sealed record SamplePost(string? Title, string Text, string? Url, string SourceName, string? Author, string Language, DateTimeOffset PublishedAt, IReadOnlyList<MatchSpan> Spans);

/// <summary>What a query would have matched.</summary>
public sealed record QueryPreview(IReadOnlyList<QueryRemark> Errors, IReadOnlyList<QueryRemark> Warnings, int Matched, int Tried, IReadOnlyList<SamplePost> Samples,
    IReadOnlyList<PreviewDay>? Days = null, IReadOnlyList<WordForms>? Forms = null, IReadOnlyList<MissedPost>? Misses = null, IReadOnlyList<ExampleResult>? Examples = null, double Milliseconds = 0);

/// <summary>The brands of the ingest service.</summary>
internal sealed class BrandsClient(ServiceClient service)
{
    private const string Ingest = "ingest";
    private const string Path = "/api/brands";

    public Task<List<BrandItem>> ListAsync(CancellationToken ct) => service.GetAsync<List<BrandItem>>(Ingest, Path, ct);

    public Task<BrandItem> GetAsync(Guid id, CancellationToken ct) => service.GetAsync<BrandItem>(Ingest, $"{Path}/{id}", ct);

    public Task<QueryPreview> PreviewAsync(string query, IReadOnlyList<string>? languages, IReadOnlyList<QueryExample>? examples, CancellationToken ct) =>
        service.SendAsync<QueryPreview>(HttpMethod.Post, Ingest, $"{Path}/preview", new { query, languages, examples }, null, ct);

    public Task<BrandItem> AddAsync(string name, string query, IReadOnlyList<string>? languages, Guid? competitorOf, IReadOnlyList<QueryExample> examples, bool acceptFailing, CancellationToken ct) =>
        service.SendAsync<BrandItem>(HttpMethod.Post, Ingest, Path, new { name, query, languages, competitorOf, examples, acceptFailing }, null, ct);

    public Task<BrandItem> ChangeAsync(BrandItem brand, string name, string query, IReadOnlyList<string>? languages, Guid? competitorOf, IReadOnlyList<QueryExample> examples, bool acceptFailing, CancellationToken ct) =>
        service.SendAsync<BrandItem>(HttpMethod.Put, Ingest, $"{Path}/{brand.Id}", new { name, query, languages, competitorOf, examples, acceptFailing }, brand.Version, ct);

    public Task RemoveAsync(BrandItem brand, CancellationToken ct) => service.SendAsync(HttpMethod.Delete, Ingest, $"{Path}/{brand.Id}", null, brand.Version, ct);
}
