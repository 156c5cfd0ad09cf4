using Serm.Contracts;

namespace Serm.Gateway.Clients;

/// <summary>Why a mention is put aside by a rule; see the mentions service.</summary>
public enum DismissReason
{
    Spam = 0,
    Irrelevant = 1,
    NotUs = 2,
    Duplicate = 3,
    Other = 4,
    Ignored = 5,
}

/// <summary>Which mentions a rule is for; see the mentions service.</summary>
public sealed record HouseConditions(
    IReadOnlyList<Guid>? Brands = null,
    IReadOnlyList<Guid>? Sources = null,
    IReadOnlyList<string>? SourceKinds = null,
    IReadOnlyList<string>? Languages = null,
    IReadOnlyList<Sentiment>? Sentiments = null,
    double? MinNegative = null,
    double? MaxNegative = null,
    long? MinReach = null,
    long? MaxReach = null,
    string? AuthorList = null,
    IReadOnlyList<string>? Words = null,
    IReadOnlyList<string>? WithoutWords = null,
    IReadOnlyList<string>? Tags = null);

/// <summary>What a rule does.</summary>
public sealed record HouseActions(IReadOnlyList<string>? Tags = null, string? AssignTo = null, DismissReason? Dismiss = null, MentionSeverity? Severity = null, bool Flag = false);

/// <summary>A rule of the house.</summary>
public sealed record HouseRuleItem(Guid Id, int Version, string Name, bool Enabled, HouseConditions Conditions, HouseActions Actions);

/// <summary>What a rule would have been for.</summary>
public sealed record DryRunItem(DateTimeOffset From, DateTimeOffset To, int Scanned, int Count, int Negative, int Answered, bool Complete, IReadOnlyList<MentionItem> Samples);

/// <summary>The rules of the house, at the mentions service.</summary>
internal sealed class HouseRulesClient(ServiceClient service)
{
    private const string Mentions = "mentions";
    private const string Path = "/api/automation/rules";

    public Task<List<HouseRuleItem>> ListAsync(CancellationToken ct) => service.GetAsync<List<HouseRuleItem>>(Mentions, Path, ct);

    /// <summary>Adds a rule, or replaces the one that is known.</summary>
    public Task<HouseRuleItem> SaveAsync(HouseRuleItem? known, string name, bool enabled, HouseConditions conditions, HouseActions actions, CancellationToken ct) => known is null
        ? service.SendAsync<HouseRuleItem>(HttpMethod.Post, Mentions, Path, new { name, enabled, conditions, actions }, null, ct)
        : service.SendAsync<HouseRuleItem>(HttpMethod.Put, Mentions, $"{Path}/{known.Id}", new { name, enabled, conditions, actions }, known.Version, ct);

    public Task RemoveAsync(HouseRuleItem rule, CancellationToken ct) => service.SendAsync(HttpMethod.Delete, Mentions, $"{Path}/{rule.Id}", null, rule.Version, ct);

    /// <summary>Asks a rule of the past; changes nothing.</summary>
    public Task<DryRunItem> DryRunAsync(HouseConditions conditions, DateTimeOffset from, DateTimeOffset to, CancellationToken ct) =>
        service.SendAsync<DryRunItem>(HttpMethod.Post, Mentions, "/api/automation/dry-run", new { conditions, from, to, samples = 8 }, null, ct);
}
