using Serm.Contracts;

namespace Serm.Ingest.Connectors;

/// <summary>What one call of a connector brought.</summary>
/// <param name="Posts">New, edited and repeated posts, in any order: who takes them in tells them apart.</param>
/// <param name="State">Where to go on, as JSON of the connector's own; null to leave it. Saved only once the posts are safe.</param>
internal sealed record Page(IReadOnlyList<NetworkPost> Posts, string? State)
{
    /// <summary>Posts that are gone.</summary>
    public IReadOnlyList<RemovedPost> Removed { get; init; } = [];

    /// <summary>How people react to posts of which nothing else is told. Those that no brand ever matched are not worth a word.</summary>
    public IReadOnlyList<PostReactions> Reactions { get; init; } = [];

    /// <summary>Posts that a call of the network names without saying what stands in them: they are asked for at once, as far as the connector is <see cref="IRechecked"/>.</summary>
    public IReadOnlyList<string> Named { get; init; } = [];

    /// <summary>There is more to be had now.</summary>
    public bool More { get; init; }

    /// <summary>True when these are old posts that were asked for on purpose: they alert nobody.</summary>
    public bool Replay { get; init; }

    /// <summary>True for a stream of everything: only what some brand matches is remembered.</summary>
    public bool Everything { get; init; }

    /// <summary>A part of the source that was refused while others are read; told once there is no more. Null for none.</summary>
    public Refusal? Refused { get; init; }

    /// <summary>What else the answer said.</summary>
    public Hints Hints { get; init; } = Hints.None;

    /// <summary>Nothing new.</summary>
    public static Page Nothing(string? state = null) => new([], state);
}

/// <summary>What an answer says beside posts.</summary>
/// <param name="MinInterval">The network asks to wait so long between two reads.</param>
/// <param name="MaxAge">The answer is fresh for so long.</param>
/// <param name="MovedTo">The new address for good.</param>
/// <param name="ExpiresAt">When the credentials end.</param>
/// <param name="Missed">A time that was not seen and will not be: a cursor that was too old, a window that holds more than can be paged through.</param>
/// <param name="Topics">What hubs push of this source.</param>
internal sealed record Hints(TimeSpan? MinInterval = null, TimeSpan? MaxAge = null, Uri? MovedTo = null, DateTimeOffset? ExpiresAt = null, MissedTime? Missed = null, IReadOnlyList<HubTopic>? Topics = null)
{
    /// <summary>Nothing.</summary>
    public static readonly Hints None = new();
}

/// <summary>What a hub pushes (WebSub).</summary>
/// <param name="Hub">Where one subscribes.</param>
/// <param name="Topic">What to: the address that the feed gives for itself.</param>
internal sealed record HubTopic(Uri Hub, Uri Topic);

/// <summary>A time that was not seen.</summary>
/// <param name="Reason">Stable code: <c>cursor_too_old</c>, <c>too_many_results</c>, <c>hashtag_budget</c>.</param>
internal sealed record MissedTime(DateTimeOffset From, DateTimeOffset To, string Reason);

/// <summary>A post as a network gives it: not tidied, not trusted.</summary>
/// <param name="NativeId">Unique within the kind, on all sites of it: with a host in front where ids are only unique on a site.</param>
/// <param name="Text">Plain, or HTML with <see cref="Html"/>.</param>
/// <param name="PublishedAt">When it was published; null when the network does not say.</param>
internal sealed record NetworkPost(string NativeId, string Text, DateTimeOffset? PublishedAt)
{
    /// <summary>The text is HTML.</summary>
    public bool Html { get; init; }

    /// <summary>Title, of the same form as the text.</summary>
    public string? Title { get; init; }

    /// <summary>Where people can see it.</summary>
    public string? Url { get; init; }

    /// <summary>Who wrote it.</summary>
    public Author? Author { get; init; }

    /// <summary>The language that the network or the author declares.</summary>
    public string? Language { get; init; }

    /// <summary>The language is declared for this very post, and not a default of its author or site.</summary>
    public bool LanguageIsSure { get; init; }

    /// <summary>The post that it answers.</summary>
    public string? Parent { get; init; }

    /// <summary>The post that began the thread; null when it is that post itself, or not known.</summary>
    public string? Root { get; init; }

    /// <summary>Likes and the like, when the answer was given.</summary>
    public Engagement? Engagement { get; init; }

    /// <summary>When it was last edited. A form older than the one that is known is passed over.</summary>
    public DateTimeOffset? EditedAt { get; init; }

    /// <summary>People who can have seen it; followers of the author when null.</summary>
    public long? Reach { get; init; }
}

/// <summary>How people react to a post.</summary>
/// <param name="NativeId">As in <see cref="NetworkPost"/>.</param>
/// <param name="Engagement">As the network tells it now.</param>
internal sealed record PostReactions(string NativeId, Engagement Engagement);

/// <summary>A post that is gone.</summary>
/// <param name="NativeId">As in <see cref="NetworkPost"/>.</param>
/// <param name="At">When it was removed, as far as known.</param>
/// <param name="Reason">Stable code: <c>deleted</c>, <c>moderated</c>, <c>withheld</c>.</param>
internal sealed record RemovedPost(string NativeId, DateTimeOffset? At, string Reason = RemovedPost.Deleted)
{
    /// <summary>By its author, or nobody knows by whom.</summary>
    public const string Deleted = "deleted";

    /// <summary>By the moderators of the place.</summary>
    public const string Moderated = "moderated";
}
