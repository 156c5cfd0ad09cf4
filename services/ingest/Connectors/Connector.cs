using Serm.Ingest.Sources;

namespace Serm.Ingest.Connectors;

/// <summary>What a network allows. Shown to the person who adds a source.</summary>
[Flags]
internal enum Ability
{
    None = 0,

    /// <summary>Finds what anybody on the network writes.</summary>
    Search = 1,

    /// <summary>Reads the comments under one's own channels.</summary>
    OwnChannels = 2,

    /// <summary>Brings what was written before the source was added.</summary>
    Backfill = 4,

    /// <summary>Notices edits.</summary>
    Edits = 8,

    /// <summary>Notices deletions.</summary>
    Deletes = 16,

    /// <summary>Tells how often a post was liked, shared, answered.</summary>
    Engagement = 32,

    /// <summary>Posts can be answered through it.</summary>
    Replies = 64,
}

/// <summary>What a connector says of itself: everything that the rest of Serm knows of a network.</summary>
/// <param name="Kind">Stable, lower case, at most 30 letters: stands in every mention's id. Never change one.</param>
/// <param name="Name">What people call the network.</param>
/// <param name="About">One or two sentences: what it reads and what it cannot.</param>
/// <param name="Docs">Where the network documents the way in, and where keys are made; null for none.</param>
/// <param name="Options">Class of the options and credentials; see <see cref="Settings"/>.</param>
/// <param name="Abilities">What the network allows.</param>
internal sealed record ConnectorCard(string Kind, string Name, string About, string? Docs, Type Options, Ability Abilities)
{
    /// <summary>Why nothing can be read from it any more; null for a living network.</summary>
    public string? Retired { get; init; }

    /// <summary>False when sources of the kind come into being by themselves.</summary>
    public bool Addable { get; init; } = true;

    /// <summary>False when the network's dates are often missing or wrong, so that an old date says little once a source has been read.</summary>
    public bool DatesCount { get; init; } = true;

    /// <summary>The headers by which the network tells how much is left.</summary>
    public RateHeaders? Headers { get; init; }
}

/// <summary>One network. Found in this assembly by itself: a class with this interface is registered, and made by the service's container. Holds no state; all members may be called at once.</summary>
internal interface IConnector
{
    /// <summary>What it is.</summary>
    ConnectorCard Card { get; }

    /// <summary>The limits that the options set, the tightest of them first or not: all hold.</summary>
    IReadOnlyList<RateLimit> Limits(Settings settings) => [];

    /// <summary>What the source is called when nobody names it.</summary>
    string NameOf(Settings settings) => Card.Name;

    /// <summary>The address that it calls: host for politeness, and what is checked against private networks. Null when it calls none.</summary>
    Uri? Address(Settings settings) => null;

    /// <summary>What the options leave open between one another.</summary>
    /// <exception cref="Serm.Defaults.RuleViolation">Names the option and the remedy.</exception>
    void Check(Settings settings)
    {
    }
}

/// <summary>A network that is asked.</summary>
internal interface IPulled : IConnector
{
    /// <summary>Reads one page from where the state stands, with as few requests as a page needs. Called again at once while <see cref="Page.More"/>.</summary>
    /// <exception cref="NetworkFailure">The network refused or does not answer. The state stays as it was.</exception>
    Task<Page> ReadAsync(Reading reading, CancellationToken cancellationToken);
}

/// <summary>A network that can say what has become of posts. Asked for posts that some brand matched, ever more seldom as they age.</summary>
internal interface IRechecked : IConnector
{
    /// <summary>Posts in one call.</summary>
    int RecheckBatch { get; }

    /// <summary>What the posts are now: edited and unchanged ones in <see cref="Page.Posts"/>, those that are gone in <see cref="Page.Removed"/>, those about which nothing can be said in neither.</summary>
    /// <param name="reading">As in <see cref="IPulled.ReadAsync"/>; the page's state is not used.</param>
    /// <param name="nativeIds">At most <see cref="RecheckBatch"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<Page> RecheckAsync(Reading reading, IReadOnlyList<string> nativeIds, CancellationToken cancellationToken);
}

/// <summary>A network that is listened to over one long connection.</summary>
internal interface IStreamed : IConnector
{
    /// <summary>True when these options ask for the stream; false to pull, where the connector can do both.</summary>
    bool Streams(Settings settings) => true;

    /// <summary>Listens from where the state stands until the connection ends. Each page's state must be enough to go on from there.</summary>
    /// <exception cref="NetworkFailure">As in <see cref="IPulled.ReadAsync"/>.</exception>
    IAsyncEnumerable<Page> ListenAsync(Reading reading, CancellationToken cancellationToken);
}

/// <summary>A network whose hubs push what is new (WebSub), at <c>/hooks/{source}</c>. It is read as well: hubs lose things. Which hub pushes what, reading says in <see cref="Hints.Topics"/>.</summary>
internal interface IPushed : IPulled
{
    /// <summary>What a hub that was asked delivered. Pure, and never throws. With <see cref="Page.More"/> the source is read at once.</summary>
    Page Delivered(Source source, HookCall call, DateTimeOffset now);
}

/// <summary>A network that keeps something for a source, such as the rules of a stream. It is taken back once the source is removed, stopped or needs it no more.</summary>
internal interface ITakesBack : IConnector
{
    /// <summary>True when a source with these settings has something at the network.</summary>
    bool Leaves(Settings settings);

    /// <summary>What that is, for people who have to take it back by hand: <c>the rules tagged serm:1</c>.</summary>
    string LeftBy(Source source);

    /// <summary>Takes it back. Harmless when nothing is there.</summary>
    /// <param name="reading">With the options and credentials that the source had.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="NetworkFailure">As in <see cref="IPulled.ReadAsync"/>: it is tried again.</exception>
    Task TakeBackAsync(Reading reading, CancellationToken cancellationToken);
}

/// <summary>A network that calls us, at <c>/hooks/{source}</c>.</summary>
internal interface IWebhook : IConnector
{
    /// <summary>Checks a call and reads what it carries. Pure: a call that comes again is answered the same.</summary>
    HookAnswer Receive(HookCall call, Settings settings, DateTimeOffset now);
}
