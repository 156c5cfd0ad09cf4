namespace Serm.Simulator;

/// <summary>What goes wrong with an answer.</summary>
public enum Trouble
{
    /// <summary>The network refuses for a while, in its own form.</summary>
    TooMany = 0,

    /// <summary>500 without a body worth reading.</summary>
    ServerError = 1,

    /// <summary>The connection ends in the middle of the body.</summary>
    Truncated = 2,

    /// <summary>The credentials have expired, in the network's own form.</summary>
    Expired = 3,

    /// <summary>The body is no JSON although the status is 200.</summary>
    Garbage = 4,
}

/// <summary>What a simulated network plays on: its posts, its clock, its limits and what goes wrong next.</summary>
public sealed class Stage(SimClock clock)
{
    private readonly Lock gate = new();
    private readonly Queue<(Trouble What, TimeSpan Wait)> troubles = new();
    private readonly Dictionary<string, Queue<DateTimeOffset>> calls = new(StringComparer.Ordinal);
    private DateTimeOffset blockedUntil;

    public SimClock Clock => clock;

    public World World { get; } = new(clock);

    /// <summary>The secret that the network accepts.</summary>
    public string Token { get; set; } = "token-of-the-simulator";

    /// <summary>Posts on a page, where the network lets its callers not choose; 0 for the network's own.</summary>
    public int PageSize { get; set; }

    /// <summary>Calls that the network allows, where that depends on the account; 0 for what is usual.</summary>
    public int Allowed { get; set; }

    /// <summary>Every page has a next one, for ever.</summary>
    public bool Endless { get; set; }

    /// <summary>Answers carry members that nobody knows, and lack the optional ones.</summary>
    public bool Drift { get; set; }

    /// <summary>Lines that the next stream sends after the posts, as they are.</summary>
    public Queue<string> Lines { get; } = new();

    /// <summary>Somebody else holds the one stream that the network allows.</summary>
    public bool Held { get; set; }

    /// <summary>What stands in the addresses that the network refuses, whoever asks; null for nothing.</summary>
    public string? Closed { get; set; }

    /// <summary>What stands in the addresses at which the network has a fault of its own; null for nothing.</summary>
    public string? Faulty { get; set; }

    /// <summary>What stands in the addresses whose answers never come: what they ask for is done. Null for nothing.</summary>
    public string? Silent { get; set; }

    /// <summary>Ids of posts that the moderators of their place hide from others.</summary>
    public HashSet<long> Hidden { get; } = [];

    /// <summary>The credentials may read, and not write.</summary>
    public bool ReadsOnly { get; set; }

    /// <summary>Posts that were sent through the network's interface, in their order.</summary>
    public List<SimPost> Sent { get; } = [];

    private readonly Dictionary<string, (SimPost Post, DateTimeOffset At)> keys = new(StringComparer.Ordinal);

    /// <summary>Takes a post that a caller sends, in the name of whom the credentials belong to.</summary>
    /// <param name="text">What it says.</param>
    /// <param name="parent">What it answers.</param>
    /// <param name="key">The caller's key; with one that was given a while ago the post of then is meant. Null for none.</param>
    /// <param name="keeps">How long keys are kept.</param>
    public SimPost Take(string text, SimPost? parent, string? key = null, TimeSpan keeps = default)
    {
        lock (gate)
        {
            if (key is not null && keys.TryGetValue(key, out var known) && clock.GetUtcNow() - known.At < keeps)
            {
                return known.Post;
            }

            var post = World.Publish(text, parent: parent, author: Us);
            Sent.Add(post);
            if (key is not null)
            {
                keys[key] = (post, clock.GetUtcNow());
            }

            return post;
        }
    }

    /// <summary>Whom the credentials belong to.</summary>
    public static SimAuthor Us { get; } = new(99, "Acme Support", "acmesupport", 10);

    /// <summary>Where the posts stand; null for the network's own choice.</summary>
    public SimPlace? Place { get; set; }

    /// <summary>Streams tell nothing that happened before.</summary>
    public DateTimeOffset ForgottenBefore { get; set; }

    /// <summary>Requests so far.</summary>
    public int Requests { get; private set; }

    /// <summary>What a caller did that the network's rules forbid.</summary>
    public List<string> Violations { get; } = [];

    /// <summary>Makes the next answers go wrong.</summary>
    /// <param name="wait">How long the network refuses, for <see cref="Trouble.TooMany"/>.</param>
    public void Break(Trouble what, int times = 1, TimeSpan wait = default)
    {
        lock (gate)
        {
            for (var i = 0; i < times; i++)
            {
                troubles.Enqueue((what, wait));
            }
        }
    }

    /// <summary>What goes wrong with this request; null for nothing.</summary>
    internal (Trouble What, TimeSpan Wait)? Next()
    {
        lock (gate)
        {
            Requests++;
            if (clock.GetUtcNow() < blockedUntil)
            {
                Violations.Add($"called {(blockedUntil - clock.GetUtcNow()).TotalSeconds:0.#} s before the network allowed it");
            }

            if (!troubles.TryDequeue(out var trouble))
            {
                return null;
            }

            if (trouble.What == Trouble.TooMany)
            {
                blockedUntil = clock.GetUtcNow() + trouble.Wait;
            }

            return trouble;
        }
    }

    /// <summary>Counts a call against a limit of the network.</summary>
    /// <returns>How many are left in the window, and when the oldest leaves it.</returns>
    public (long Left, DateTimeOffset ResetAt) Count(string limit, int most, TimeSpan window)
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            if (!calls.TryGetValue(limit, out var taken))
            {
                calls[limit] = taken = new();
            }

            while (taken.TryPeek(out var oldest) && now - oldest >= window)
            {
                taken.Dequeue();
            }

            taken.Enqueue(now);
            if (taken.Count > most)
            {
                Violations.Add($"{limit}: {taken.Count} calls within {window.TotalSeconds:0.#} s, where {most} are allowed");
            }

            return (Math.Max(0, most - taken.Count), taken.Peek() + window);
        }
    }
}

/// <summary>A community, group, chat, video or forum.</summary>
/// <param name="Id">As the network counts.</param>
/// <param name="Handle">Stands in addresses; null for a place that has no public one.</param>
public sealed record SimPlace(long Id, string Name, string? Handle);

/// <summary>A network of the simulator: one file each, under the path of its name.</summary>
public interface INetwork
{
    /// <summary>The first part of its paths.</summary>
    string Name { get; }

    /// <summary>Adds its paths.</summary>
    void Map(IEndpointRouteBuilder routes, Stage stage);

    /// <summary>How it says that it is called too often.</summary>
    IResult TooMany(HttpContext context, Stage stage, TimeSpan wait);

    /// <summary>How it says that the credentials do not hold.</summary>
    IResult Expired(HttpContext context);

    /// <summary>How it says that something is not for the caller.</summary>
    IResult Closed(HttpContext context) => Results.Json(new { message = "Forbidden", error = 403 }, statusCode: StatusCodes.Status403Forbidden);

    /// <summary>Members of its answers that may be missing, by name.</summary>
    IReadOnlyCollection<string> Optional { get; }

    /// <summary>Its answers are compressed, whatever the caller accepts.</summary>
    bool Compresses => false;
}
