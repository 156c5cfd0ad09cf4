using Serm.Contracts;
using Serm.Defaults;
using Serm.Ingest.Connectors;
using Serm.Ingest.Posts;
using Serm.Ingest.Sources;
using Serm.Simulator;

namespace Serm.Tests.Unit.Ingest.Connectors;

/// <summary>The reader of sources without its servers: what it would store is kept here, and survives <see cref="KilledException"/> as a database survives kill -9. All rules are the product's own.</summary>
internal sealed partial class Host
{
    private static readonly OutboundGuard Guard = OutboundGuard.FromList("127.0.0.1");
    private readonly IConnector connector;
    private readonly SimClock clock;
    private readonly MemoryQuotas quotas = new();
    private readonly Dictionary<string, KnownItem> items = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> roots = new(StringComparer.Ordinal);
    private Settings settings;
    private readonly Source source;
    private string? state;
    private int called;
    private int untilKilled = -1;
    private bool killAfterAnswer;
    private HttpMessageInvoker http;
    private Pacer pacer;
    private TokenCache tokens = new();

    public Host(IConnector connector, object options, SimClock clock, Guid id = default, string? state = null)
    {
        (this.connector, this.clock, this.state) = (connector, clock, state);
        settings = Settings.Of(System.Text.Json.JsonSerializer.Serialize(options, Serm.Ingest.Connectors.Reading.Json), null);
        connector.Check(settings);
        source = new(id) { Kind = connector.Card.Kind, Name = "kit", Url = connector.Address(settings)?.AbsoluteUri, CreatedAt = clock.GetUtcNow().AddDays(-1), Version = 1 };
        (http, pacer) = (Client(), new(clock.GetSteadyNow()));
    }

    /// <summary>Everything that would have been published, repeats after a kill among it.</summary>
    public List<Post> Published { get; } = [];

    /// <summary>Ids of what is gone, as told.</summary>
    public HashSet<string> Removed { get; } = new(StringComparer.Ordinal);

    /// <summary>Reactions of posts of which nothing else was told, as told last.</summary>
    public Dictionary<string, Engagement> Reactions { get; } = new(StringComparer.Ordinal);

    /// <summary>Requests that were sent.</summary>
    public int Requests { get; private set; }

    /// <summary>What the connector last said of where it stands.</summary>
    public string? State => state;

    /// <summary>Times that the connector said it could not see.</summary>
    public List<MissedTime> Missed { get; } = [];

    /// <summary>What hubs push of the source, as last told.</summary>
    public IReadOnlyList<HubTopic> Topics { get; private set; } = [];

    /// <summary>When the credentials end, as last told.</summary>
    public DateTimeOffset? ExpiresAt { get; private set; }

    /// <summary>Failures that the network caused, by code.</summary>
    public List<NetworkFailure> Failures { get; } = [];

    /// <summary>Refusals to say what has become of posts.</summary>
    public List<NetworkFailure> NotAsked { get; } = [];

    /// <summary>Posts as they are now, by id.</summary>
    public Dictionary<string, Post> Now => Published.GroupBy(p => p.NativeId, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.MaxBy(p => p.Revision)!, StringComparer.Ordinal);

    /// <summary>The calls of a network that only calls, from the first on.</summary>
    public Func<IReadOnlyList<HookCall>>? Caller { get; init; }

    /// <summary>A person gives the source other options.</summary>
    public void Change(object options) => settings = Settings.Of(System.Text.Json.JsonSerializer.Serialize(options, Serm.Ingest.Connectors.Reading.Json), null);

    /// <summary>Kills the process at the nth request from now, before it is sent or after its answer has come.</summary>
    public void KillAt(int request, bool afterAnswer) => (untilKilled, killAfterAnswer) = (request, afterAnswer);

    /// <summary>Reads until nothing more is to be had, waiting and trying again as the poller would.</summary>
    public async Task ReadAllAsync(int mostTurns = 60)
    {
        for (var turn = 0; turn < mostTurns; turn++)
        {
            try
            {
                if (!await TurnAsync(most: 500))
                {
                    return;
                }
            }
            catch (NetworkFailure failure)
            {
                Failures.Add(failure);
                clock.Advance(failure.RetryAfter ?? TimeSpan.FromSeconds(60));
            }
            catch (KilledException)
            {
                // The lease has to run out before anybody reads again.
                clock.Advance(TimeSpan.FromSeconds(new PollOptions().LeaseSeconds));
                (http, pacer, tokens) = (Client(), new(clock.GetSteadyNow()), new());
            }
        }

        throw new InvalidOperationException($"{connector.Card.Kind} does not come to an end: {string.Join(", ", Failures.Select(f => f.Code))}; state {state}");
    }

    /// <summary>One turn: pages until there are no more, at most so many. True when it was cut off, or something failed.</summary>
    /// <param name="most">Pages.</param>
    /// <param name="toTheEnd">Whether a stream is heard until it is closed, and not only until it has nothing for this source.</param>
    public async Task<bool> TurnAsync(int most, bool toTheEnd = false)
    {
        var stop = TestContext.Current.CancellationToken;
        if (Caller is not null && (connector is not (IPulled or IStreamed) || connector.Address(settings) is null))
        {
            TakeCalls(Caller());
            return false;
        }

        if (connector is IPulled pulled && !(connector is IStreamed listening && listening.Streams(settings)))
        {
            for (var pages = 1; ; pages++)
            {
                var page = await AskAsync(() => pulled.ReadAsync(Reading(), stop));
                Take(page);
                Tell(page);
                if (!page.More)
                {
                    return false;
                }

                if (pages >= most)
                {
                    return true;
                }
            }
        }

        await foreach (var page in ((IStreamed)connector).ListenAsync(Reading(), stop))
        {
            Take(page);
            Tell(page);
            if (!toTheEnd && page is { Posts.Count: 0, Removed.Count: 0, Reactions.Count: 0, State: null, More: false })
            {
                // A sign of life: nothing more is to be had now.
                return false;
            }

            if (--most <= 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Asks what has become of all posts that are known.</summary>
    public async Task RecheckAsync()
    {
        if (connector is IRechecked rechecked)
        {
            foreach (var batch in items.Where(i => !i.Value.Removed).Select(i => i.Key).Chunk(rechecked.RecheckBatch).ToList())
            {
                Take((await AskAsync(() => ReadSource.AskAgainAsync(rechecked, Reading(), batch, NotAsked.Add, TestContext.Current.CancellationToken))) with { State = null });
            }
        }
    }

    /// <summary>Takes back what the source has left at its network.</summary>
    public Task TakeBackAsync() => ((ITakesBack)connector).TakeBackAsync(Reading(), TestContext.Current.CancellationToken);

    /// <summary>Takes a call of the network.</summary>
    public HookAnswer Call(HookCall call)
    {
        var answer = ((IWebhook)connector).Receive(call, settings, clock.GetUtcNow());
        if (answer is HookAnswer.Taken taken)
        {
            Hear(taken.Page);
        }

        return answer;
    }

    /// <summary>Takes what a hub delivers.</summary>
    public Page Push(HookCall call)
    {
        var page = ((IPushed)connector).Delivered(source, call, clock.GetUtcNow());
        Hear(page);
        return page;
    }

    // What is only named is asked for as if it were due.
    private void Hear(Page page)
    {
        Take(page with { State = null });
        foreach (var named in page.Named)
        {
            items.TryAdd(named, new("", 0, clock.GetUtcNow()));
        }
    }

    // A limit of the source's own that is used up is a pause and no failure, as it is to the poller: the same place is read again when there is room.
    private async Task<Page> AskAsync(Func<Task<Page>> ask)
    {
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (NetworkFailure failure) when (failure.HeldBack)
            {
                clock.Advance(failure.RetryAfter!.Value);
            }
        }
    }

    private static void Tell(Page page)
    {
        if (page is { More: false, Refused: { } refused })
        {
            throw new NetworkFailure(refused.Code, refused.Message, refused.Permanent);
        }
    }

    private void Take(Page page)
    {
        var now = clock.GetUtcNow();
        var intake = TakePage.OfPage(connector, "kit", source, page, now, _ => false);
        var changed = ThreadRoots.Fill(ItemMemory.Changed(intake.Posts, items, intake.Versions), roots);
        Published.AddRange(changed);
        Removed.UnionWith(intake.Removed.Select(r => r.NativeId));
        foreach (var (id, engagement) in intake.Reactions)
        {
            Reactions[id] = engagement;
        }

        // From here on it is one transaction.
        foreach (var post in changed)
        {
            items[post.NativeId] = new(post.ContentHash, post.Revision, now, intake.Versions!.TryGetValue(post.NativeId, out var at) ? at : null);
            Removed.Remove(post.NativeId);
            if (ThreadRoots.Remembered(post) is { } root)
            {
                roots[post.NativeId] = root;
            }
        }

        foreach (var gone in intake.Removed)
        {
            if (items.TryGetValue(gone.NativeId, out var known))
            {
                items[gone.NativeId] = known with { Removed = true };
            }
        }

        state = page.State ?? state;
        (ExpiresAt, Topics) = (page.Hints.ExpiresAt ?? ExpiresAt, page.Hints.Topics ?? Topics);
        if (page.Hints.Missed is { } missed)
        {
            Missed.Add(missed);
        }
    }

    private Reading Reading() => new(
        source, settings, state,
        new(new(http, pacer, quotas, tokens, clock), new("kit", Guid.Empty, settings.Bucket(connector.Card)), connector.Limits(settings), connector.Card.Headers) { Timeout = TimeSpan.FromSeconds(10) },
        clock.GetUtcNow())
    {
        RootsOf = (ids, _) => Task.FromResult<IReadOnlyDictionary<string, string>>(roots.Where(r => ids.Contains(r.Key, StringComparer.Ordinal)).ToDictionary(StringComparer.Ordinal)),
    };
}
