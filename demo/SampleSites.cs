using System.Text.Json;
using Serm.Demo.Feeds;
using Serm.Demo.Posts;

namespace Serm.Demo;

/// <summary>What is kept over restarts.</summary>
/// <param name="StartedAt">The first start: the two weeks of history end there.</param>
/// <param name="Next">Number of the next post.</param>
/// <param name="Appeared">The posts that still stand in the feeds, oldest first.</param>
/// <param name="NextOnNetworks">Number of the next post on a network.</param>
/// <param name="OnNetworks">The posts that still stand on the networks, oldest first; null for none.</param>
internal sealed record DemoState(DateTimeOffset StartedAt, int Next, IReadOnlyList<Appeared> Appeared, int NextOnNetworks = 0, IReadOnlyList<Appeared>? OnNetworks = null);

/// <summary>Everything that the sample sites and networks have published so far.</summary>
internal sealed class SampleSites
{
    private const int MostKept = 500;

    // Networks are asked for two weeks what has become of a post.
    private static readonly TimeSpan KeptOnNetworks = TimeSpan.FromDays(30);

    private readonly Lock gate = new();
    private readonly string? file;
    private readonly ILookup<string, Entry> history;
    private DemoState state;

    /// <summary>Takes up where an earlier run stopped.</summary>
    /// <param name="file">Where the state is kept; null to keep none.</param>
    /// <param name="now">The moment, which is the first start when there is no state yet.</param>
    public SampleSites(string? file, DateTimeOffset now)
    {
        this.file = file;
        state = Load(file) ?? new(now, 0, []);
        history = SamplePosts.History()
            .Select(p => new Entry(p.Id, p.Feed, p.Author, p.Title, p.Text, p.PublishedAt(state.StartedAt)))
            .ToLookup(e => e.Feed, StringComparer.Ordinal);
        Save();
    }

    /// <summary>Number of the post that <see cref="Publish"/> would publish.</summary>
    public int Next => Snapshot().Next;

    /// <summary>When the demo was started first.</summary>
    public DateTimeOffset StartedAt => Snapshot().StartedAt;

    /// <summary>The posts that stand on the networks, oldest first.</summary>
    public IReadOnlyList<Appeared> OnNetworks => Snapshot().OnNetworks ?? [];

    /// <summary>Number of the post that <see cref="PublishOnNetwork"/> would publish.</summary>
    public int NextOnNetworks => Snapshot().NextOnNetworks;

    /// <summary>The posts of a site at a moment, newest first.</summary>
    public IReadOnlyList<Entry> Entries(SampleFeed feed, DateTimeOffset now)
    {
        var seen = Snapshot();
        return [.. seen.Appeared.Select(a => Trickle.Make(a, seen.StartedAt, now)).Where(e => e.Feed == feed.Name).Concat(history[feed.Name]).OrderByDescending(e => e.Published).ThenBy(e => e.Id, StringComparer.Ordinal)];
    }

    /// <summary>One post; null when there is none of that id.</summary>
    public (SampleFeed Feed, Entry Entry)? Find(string id, DateTimeOffset now)
    {
        foreach (var feed in SampleFeed.All)
        {
            if (Entries(feed, now).FirstOrDefault(e => e.Id == id) is { } entry)
            {
                return (feed, entry);
            }
        }

        return null;
    }

    /// <summary>Publishes the next post.</summary>
    public Entry Publish(DateTimeOffset now)
    {
        lock (gate)
        {
            var appeared = new Appeared(state.Next, now);
            state = state with { Next = state.Next + 1, Appeared = [.. state.Appeared.TakeLast(MostKept - 1), appeared] };
            Save();
            return Trickle.Make(appeared, state.StartedAt, now);
        }
    }

    /// <summary>Takes down that the next post appears on its network.</summary>
    public Appeared PublishOnNetwork(DateTimeOffset now)
    {
        lock (gate)
        {
            var appeared = new Appeared(state.NextOnNetworks, now);
            state = state with { NextOnNetworks = state.NextOnNetworks + 1, OnNetworks = [.. (state.OnNetworks ?? []).Where(a => now - a.At < KeptOnNetworks), appeared] };
            Save();
            return appeared;
        }
    }

    private static DemoState? Load(string? file) => file is not null && File.Exists(file) ? JsonSerializer.Deserialize<DemoState>(File.ReadAllText(file)) : null;

    private DemoState Snapshot()
    {
        lock (gate)
        {
            return state;
        }
    }

    // Beside it and moved over: a kill in between leaves the old file whole.
    private void Save()
    {
        if (file is not null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
            File.WriteAllText(file + ".new", JsonSerializer.Serialize(state));
            File.Move(file + ".new", file, overwrite: true);
        }
    }
}
