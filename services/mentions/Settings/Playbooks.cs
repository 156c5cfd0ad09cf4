using System.Collections.Concurrent;
using System.Text.Json;
using Npgsql;

namespace Serm.Mentions;

/// <summary>What a workspace has laid down: what is promised, what goes by itself, whose posts are special.</summary>
/// <param name="Sla">The policies.</param>
/// <param name="Rules">The rules that are on, in order.</param>
/// <param name="Authors">List of each author who is on one.</param>
internal sealed record Playbook(SlaPolicies Sla, AutomationRules Rules, IReadOnlyDictionary<Guid, string> Authors)
{
    /// <summary>Nothing laid down.</summary>
    public static readonly Playbook Empty = new(SlaPolicies.None, AutomationRules.None, new Dictionary<Guid, string>());

    /// <summary>Something of it may put a mention aside as it comes.</summary>
    public bool PutsAside => Rules.Rules.Any(r => r.Enabled && r.Actions.Dismiss is not null) || Authors.Values.Contains(AuthorLists.Ignore);
}

/// <summary>The playbook of each workspace in memory. A change made in this process counts at once, one made in another within <see cref="Fresh"/>.</summary>
internal sealed class Playbooks(NpgsqlDataSource dataSource, TimeProvider clock)
{
    /// <summary>How long a page is believed.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private const string Sql = """
        select kind, state::text, null::uuid, null from mentions.settings where workspace = $1
        union all
        select null, null, author_key, list from mentions.author_lists where workspace = $1
        """;

    private readonly ConcurrentDictionary<string, (long At, Playbook Book)> pages = new(StringComparer.Ordinal);

    /// <summary>What holds, as far as this process knows.</summary>
    public async ValueTask<Playbook> OfAsync(string workspace, CancellationToken cancellationToken)
    {
        if (pages.TryGetValue(workspace, out var page) && clock.GetElapsedTime(page.At) < Fresh)
        {
            return page.Book;
        }

        var at = clock.GetTimestamp();
        var book = await LoadAsync(workspace, cancellationToken);
        pages[workspace] = (at, book);
        return book;
    }

    /// <summary>Call after a change.</summary>
    public void Forget(string workspace) => pages.TryRemove(workspace, out _);

    /// <summary>What holds in the store now.</summary>
    public async Task<Playbook> LoadAsync(string workspace, CancellationToken cancellationToken)
    {
        var book = Playbook.Empty;
        var authors = new Dictionary<Guid, string>();
        await using var command = dataSource.CreateCommand(Sql);
        command.Parameters.AddWithValue(workspace);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (reader.IsDBNull(0))
            {
                authors[reader.GetGuid(2)] = reader.GetString(3);
                continue;
            }

            book = reader.GetString(0) switch
            {
                SettingsLog.Sla => book with { Sla = JsonSerializer.Deserialize<SlaPolicies>(reader.GetString(1), SettingsLog.Json)! },
                SettingsLog.Automation => book with { Rules = JsonSerializer.Deserialize<AutomationRules>(reader.GetString(1), SettingsLog.Json)! },
                _ => book,
            };
        }

        return book with { Authors = authors };
    }
}
