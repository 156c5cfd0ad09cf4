using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Serm.Gateway.Clients;

/// <summary>How a source is doing.</summary>
public enum SourceState
{
    New = 0,
    Healthy = 1,
    Failing = 2,
    Paused = 3,
}

/// <summary>Why the last read failed.</summary>
public sealed record SourceError(string Code, string Message, DateTimeOffset At);

/// <summary>The gap that lasts.</summary>
public sealed record OpenGap(Guid Id, DateTimeOffset From, string Reason);

/// <summary>A gap of a source.</summary>
public sealed record SourceGap(Guid Id, DateTimeOffset From, DateTimeOffset? To, string Reason);

/// <summary>A source as the ingest service gives it.</summary>
public sealed record SourceItem(
    Guid Id,
    string Kind,
    string Name,
    string? Url,
    SourceState State,
    DateTimeOffset CreatedAt,
    DateTimeOffset? LastReadAt,
    DateTimeOffset? LastGoodAt,
    DateTimeOffset? NextReadAt,
    int ConsecutiveFailures,
    SourceError? LastError,
    double? CursorAgeSeconds,
    long ItemsSeen,
    OpenGap? Gap,
    int? IntervalSeconds,
    int Version,
    JsonElement? Options = null,
    IReadOnlyList<string>? CredentialsSet = null,
    DateTimeOffset? CredentialsExpireAt = null)
{
    /// <summary>Read by us, and not only pushed by others.</summary>
    public bool IsRead => Url is not null;

    /// <summary>Comes into being by itself, with the first push.</summary>
    public bool IsPush => Kind == "push";
}

/// <summary>What a field takes; see the ingest service.</summary>
public enum FieldForm
{
    Text = 0,
    Number = 1,
    Url = 2,
    Choice = 3,
    List = 4,
    Flag = 5,
    Date = 6,
}

/// <summary>A field of the form of a source; see the ingest service.</summary>
public sealed record FormField(string Name, string Label, string? Help, FieldForm Type, bool Required, bool Secret, bool Advanced, string? Default, double? Min, double? Max, IReadOnlyList<string>? Choices);

/// <summary>A kind of sources; see the ingest service.</summary>
public sealed record SourceKind(string Kind, string Name, string About, string? Docs, bool Addable, string? Retired, bool Pulled, bool Streamed, bool Hooked, IReadOnlyList<string> Abilities, IReadOnlyList<FormField> Fields);

/// <summary>What a source has left at its network; see the ingest service.</summary>
public sealed record SourceLeftover(Guid SourceId, string Kind, string Name, string What, DateTimeOffset Since, int Tries, DateTimeOffset? NextTryAt, SourceError? LastError);

/// <summary>A post that a test saw.</summary>
public sealed record SeenPost(string? Title, string Text, string? Url, string? Author, DateTimeOffset PublishedAt, string Language);

/// <summary>How a test of a source went.</summary>
public sealed record SourceTest(bool Ok, string? Code, string? Message, int Posts, IReadOnlyList<SeenPost> Samples, long Milliseconds, DateTimeOffset? CredentialsExpireAt);

/// <summary>A limit and its use.</summary>
public sealed record LimitUse(string Name, decimal Most, double WindowSeconds, decimal Used, DateTimeOffset FreeAt);

/// <summary>What a query or channel spent in a week.</summary>
public sealed record LaneUse(string Lane, string Limit, long Calls, decimal Used, decimal PerDay, double? DaysLeft);

/// <summary>What a source spends.</summary>
public sealed record SourceBudget(IReadOnlyList<LimitUse> Limits, IReadOnlyList<LaneUse> Lanes, DateTimeOffset? BlockedUntil);

/// <summary>What was seen of a source in a week; see the ingest service.</summary>
public sealed record CoverageWeek(DateTimeOffset Week, double? Covered, double BlindSeconds, long Asked, long Failed, long Taken, double LongestWaitSeconds, string? LastCode);

/// <summary>A time in which a source was blind.</summary>
public sealed record CoverageGap(Guid Id, DateTimeOffset From, DateTimeOffset? To, string Reason, bool Backfilled);

/// <summary>What was seen of a source.</summary>
public sealed record SourceCoverage(Guid SourceId, string Kind, string Name, SourceState State, IReadOnlyList<CoverageWeek> Weeks, IReadOnlyList<CoverageGap> Gaps);

/// <summary>What was seen, by source and week.</summary>
public sealed record CoverageView(DateTimeOffset From, DateTimeOffset To, IReadOnlyList<SourceCoverage> Sources);

/// <summary>A value of a file that cannot be taken.</summary>
public sealed record ImportError(int Row, string? Column, string Code, string Message);

/// <summary>What became of a file; see the ingest service.</summary>
public sealed record ImportAnswer(bool DryRun, int Rows, int Accepted, int Repeated, int Matched, int Invalid, IReadOnlyList<ImportError> Errors, IReadOnlyDictionary<string, string> Columns, IReadOnlyList<string> Unused, IReadOnlyList<SeenPost> Samples, int KeptOut = 0);

/// <summary>How a file is to be imported.</summary>
/// <param name="Map">Pairs <c>field:column</c>.</param>
public sealed record ImportForm(string Source, bool DryRun, bool SkipInvalid, IReadOnlyList<string> Map, string? DateFormat, string? TimeZone);

/// <summary>What a person entered for a source.</summary>
public sealed record SourceForm(string Kind, string? Name, int? IntervalSeconds, JsonObject Options, JsonObject Credentials);

/// <summary>The sources of the ingest service.</summary>
internal sealed class SourcesClient(ServiceClient service)
{
    private const string Ingest = "ingest";
    private const string Path = "/api/sources";

    public Task<List<SourceItem>> ListAsync(CancellationToken ct) => service.GetAsync<List<SourceItem>>(Ingest, Path, ct);

    public Task<List<SourceKind>> KindsAsync(CancellationToken ct) => service.GetAsync<List<SourceKind>>(Ingest, $"{Path}/kinds?language={CultureInfo.CurrentUICulture.TwoLetterISOLanguageName}", ct);

    public Task<List<SourceLeftover>> LeftoversAsync(CancellationToken ct) => service.GetAsync<List<SourceLeftover>>(Ingest, $"{Path}/leftovers", ct);

    public Task<SourceItem> AddAsync(SourceForm form, CancellationToken ct) => service.SendAsync<SourceItem>(HttpMethod.Post, Ingest, Path, form, null, ct);

    public Task<SourceItem> ChangeAsync(SourceItem source, SourceForm form, CancellationToken ct) =>
        service.SendAsync<SourceItem>(HttpMethod.Put, Ingest, $"{Path}/{source.Id}", form with { IntervalSeconds = form.IntervalSeconds ?? 0 }, source.Version, ct);

    public Task<SourceTest> TestAsync(SourceForm form, Guid? id, CancellationToken ct) => service.SendAsync<SourceTest>(HttpMethod.Post, Ingest, $"{Path}/test", new { source = form, id }, null, ct);

    /// <summary>Whether mentions of it can be answered through its network.</summary>
    public Task<Replying> ReplyingAsync(Guid id, CancellationToken ct) => service.GetAsync<Replying>(Ingest, $"{Path}/{id}/replying", ct);

    public Task<SourceBudget> BudgetAsync(Guid id, CancellationToken ct) => service.GetAsync<SourceBudget>(Ingest, $"{Path}/{id}/budget", ct);

    public Task<CoverageView> CoverageAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken ct) =>
        service.GetAsync<CoverageView>(Ingest, $"/api/coverage?from={Uri.EscapeDataString(from.ToString("O"))}&to={Uri.EscapeDataString(to.ToString("O"))}", ct);

    public Task<SourceItem> PauseAsync(SourceItem source, bool paused, CancellationToken ct) =>
        service.SendAsync<SourceItem>(HttpMethod.Put, Ingest, $"{Path}/{source.Id}", new { paused }, source.Version, ct);

    public Task RemoveAsync(Guid id, CancellationToken ct) => service.SendAsync(HttpMethod.Delete, Ingest, $"{Path}/{id}", null, null, ct);

    public Task<SourceItem> ReadNowAsync(Guid id, CancellationToken ct) => service.SendAsync<SourceItem>(HttpMethod.Post, Ingest, $"{Path}/{id}/read", null, null, ct);

    public Task<List<SourceGap>> GapsAsync(Guid id, CancellationToken ct) => service.GetAsync<List<SourceGap>>(Ingest, $"{Path}/{id}/gaps", ct);

    /// <summary>Imports a file, or tries it.</summary>
    public Task<ImportAnswer> ImportAsync(ImportForm form, byte[] file, CancellationToken ct)
    {
        var query = new (string Name, string? Value)[] { ("source", form.Source), ("dryRun", form.DryRun ? "true" : null), ("skipInvalid", form.SkipInvalid ? "true" : null), ("dateFormat", form.DateFormat), ("timeZone", form.TimeZone) }
            .Concat(form.Map.Select(m => ("map", (string?)m)))
            .Where(p => !string.IsNullOrWhiteSpace(p.Item2))
            .Select(p => $"{p.Item1}={Uri.EscapeDataString(p.Item2!)}");
        return service.SendAsync<ImportAnswer>(HttpMethod.Post, Ingest, $"/api/imports?{string.Join('&', query)}", file, null, ct);
    }
}
