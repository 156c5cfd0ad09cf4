using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Serm.Defaults;
using Serm.Gateway.Clients;
using Serm.Gateway.Proxy;

namespace Serm.Gateway.Audit;

/// <summary>Asks all services at once who changed what there. One that does not answer in time is named, never left out in silence.</summary>
internal sealed partial class AuditReader(IHttpClientFactory clients, ServiceAddresses addresses, CallerHeaders headers, OwnChanges own, ILogger<AuditReader> log)
{
    /// <summary>Changes of a page when nobody says how many.</summary>
    public const int Usual = 50;

    /// <summary>Changes of a page at most.</summary>
    public const int Most = ChangeRows.Most - 1;

    private const string Gateway = "gateway";

    private const int LongestName = 200;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <summary>A page.</summary>
    /// <param name="caller">An admin, or a manager, who does not read of what only admins may see.</param>
    /// <param name="query">Which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RuleViolation">400: the query cannot be taken.</exception>
    public async Task<AuditPage> PageAsync(Caller caller, AuditQuery query, CancellationToken cancellationToken)
    {
        var (asked, limit) = Checked(query);
        var pages = await Task.WhenAll(ServiceAddresses.Names.Append(Gateway).Select(async s => KeyValuePair.Create(s, await AskAsync(s, caller, asked, cancellationToken))));
        return AuditMerge.Page(pages.ToDictionary(StringComparer.Ordinal), limit);
    }

    /// <summary>What is asked of each service: one more than the page has.</summary>
    internal static (ChangeQuery Query, int Limit) Checked(AuditQuery query)
    {
        RuleViolation.ThrowIfEndsFirst(query.From, query.To);
        var limit = query.Limit ?? Usual;
        if (limit is < 1 or > Most)
        {
            throw RuleViolation.Invalid("limit", "out_of_range", $"limit takes 1 to {Most}.");
        }

        if ((query.Kind ?? []).FirstOrDefault(k => !AuditKinds.All.Contains(k, StringComparer.Ordinal) && !AuditKinds.Areas.Contains(k, StringComparer.Ordinal)) is not null)
        {
            throw RuleViolation.Invalid("kind", "value_unknown", $"kind takes one of {string.Join(", ", AuditKinds.All)}, or what stands before the dot.");
        }

        if ((query.By ?? []).Append(query.About ?? "").Any(n => !IsName(n)))
        {
            throw RuleViolation.Invalid(IsName(query.About ?? "") ? "by" : "about", "out_of_range", $"A name has at most {LongestName} characters, none of them U+0000.");
        }

        var behind = string.IsNullOrEmpty(query.Cursor) ? ((DateTimeOffset At, Guid Id)?)null : AuditMerge.Decode(query.Cursor);
        return (new(query.From, query.To, query.By, query.Kind, query.About, behind?.At, behind?.Id, limit + 1), limit);
    }

    private static bool IsName(string name) => name.Length <= LongestName && !name.Contains('\0', StringComparison.Ordinal);

    private async Task<IReadOnlyList<ChangeRow>?> AskAsync(string service, Caller caller, ChangeQuery query, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            return service == Gateway ? await own.ReadAsync(caller, query, patience.Token) : await AskAsync(service, caller, Address(query), patience.Token);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && (e is HttpRequestException or OperationCanceledException or JsonException or IOException || Transient.Is(e)))
        {
            LogSilent(log, service, e.GetType().Name);
            return null;
        }
    }

    private async Task<IReadOnlyList<ChangeRow>?> AskAsync(string service, Caller caller, string address, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(addresses[service], address));
        headers.Set(request.Headers, caller);
        using var answer = await clients.CreateClient(ServiceClient.Name).SendAsync(request, cancellationToken);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<List<ChangeRow>>(ServiceClient.Json, cancellationToken);
    }

    private static string Address(ChangeQuery query) => QueryHelpers.AddQueryString(
        ChangeRows.Path,
        new (string Name, string? Value)[]
            {
                ("from", Moment(query.From)),
                ("to", Moment(query.To)),
                ("about", string.IsNullOrEmpty(query.About) ? null : query.About),
                ("beforeAt", Moment(query.BeforeAt)),
                ("beforeId", query.BeforeId?.ToString()),
                ("limit", query.Limit.ToString(CultureInfo.InvariantCulture)),
            }
            .Concat((query.By ?? []).Select(b => (Name: "by", Value: (string?)b)))
            .Concat((query.Kind ?? []).Select(k => (Name: "kind", Value: (string?)k)))
            .Where(p => p.Value is not null)
            .Select(p => KeyValuePair.Create(p.Name, p.Value)));

    private static string? Moment(DateTimeOffset? time) => time?.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);

    [LoggerMessage(EventId = 261, Level = LogLevel.Warning, Message = "The service {Service} does not say what was changed there ({Error})")]
    private static partial void LogSilent(ILogger log, string service, string error);
}
