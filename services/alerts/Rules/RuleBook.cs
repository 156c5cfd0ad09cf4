using System.Collections.Concurrent;
using System.Text.Json;
using Marten;
using Npgsql;

namespace Serm.Alerts;

/// <summary>The rules of each workspace in memory. A change made in this process counts at once, one made in another within <see cref="Fresh"/>.</summary>
internal sealed class RuleBook(IDocumentStore store, NpgsqlDataSource dataSource, TimeProvider clock)
{
    /// <summary>How long a page of rules is believed.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(500);

    /// <summary>Whoever it is that adds the rule of a new workspace.</summary>
    private const string Ourselves = "serm";

    private static readonly RuleTerms First = new("Strongly negative", null, 0.8, null, UnknownReach.Alert, true);

    private readonly ConcurrentDictionary<string, Page> pages = new(StringComparer.Ordinal);

    /// <summary>The rules that are not removed, as far as this process knows. A workspace seen for the first time gets its default rule.</summary>
    public async ValueTask<IReadOnlyList<Rule>> OfAsync(string workspace, CancellationToken cancellationToken)
    {
        var page = pages.GetOrAdd(workspace, _ => new());
        if (page.Read is { } known && clock.GetElapsedTime(known.At) < Fresh)
        {
            return known.Rules;
        }

        var at = clock.GetTimestamp();
        var rules = await LoadAsync(workspace, cancellationToken);

        // If the page was forgotten meanwhile, this lands on the forgotten one: what was read before a change is not kept after it.
        page.Read = new(at, rules);
        return rules;
    }

    /// <summary>Call after a change.</summary>
    public void Forget(string workspace) => pages.TryRemove(workspace, out _);

    /// <summary>The rules that are not removed, by name, as they are in the store now.</summary>
    public async Task<IReadOnlyList<Rule>> LoadAsync(string workspace, CancellationToken cancellationToken)
    {
        var rules = await ReadAsync(workspace, cancellationToken);
        var standing = Rule.DefaultId(workspace);
        if (rules.TrueForAll(r => r.Id != standing))
        {
            await AddDefaultAsync(workspace, standing, cancellationToken);
            rules = await ReadAsync(workspace, cancellationToken);
        }

        return rules.FindAll(r => !r.Removed);
    }

    private async Task AddDefaultAsync(string workspace, Guid id, CancellationToken cancellationToken)
    {
        await using var session = store.LightweightSession(workspace);
        try
        {
            await RuleLog.ApplyAsync(session, id, r => RuleDecider.Add(r, RuleKinds.NegativeMention, First, Ourselves, clock.GetUtcNow()), cancellationToken);
        }
        catch (Exception e) when (e is Marten.Exceptions.ExistingStreamIdCollisionException or JasperFx.Events.ExistingStreamIdCollisionException or JasperFx.ConcurrencyException)
        {
            // Somebody else has just added it.
        }
    }

    private async Task<List<Rule>> ReadAsync(string workspace, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select state from alerts.rules where workspace = $1 order by lower(state -> 'terms' ->> 'name'), id");
        command.Parameters.AddWithValue(workspace);
        var rules = new List<Rule>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rules.Add(JsonSerializer.Deserialize<Rule>(reader.GetString(0), RuleLog.Json)!);
        }

        return rules;
    }

    private sealed record Reading(long At, IReadOnlyList<Rule> Rules);

    private sealed class Page
    {
        public volatile Reading? Read;
    }
}
