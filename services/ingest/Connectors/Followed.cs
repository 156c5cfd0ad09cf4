namespace Serm.Ingest.Connectors;

/// <summary>Where reading an own channel stands. Its list of posts says how many comments each has; those whose number changed are read again from the first comment to the last, which also shows what was edited among them.</summary>
internal sealed record Followed
{
    private const long Unsaid = -1;

    /// <summary>Comments of each listed post when they were last read; -1 where the network does not say.</summary>
    public Dictionary<string, long> Counts { get; init; } = [];

    /// <summary>The list that is being read, in the form of <see cref="Counts"/>; null when none is.</summary>
    public Dictionary<string, long>? Listing { get; init; }

    /// <summary>Posts whose comments are still to be read, the first of them under way.</summary>
    public List<string> Pending { get; init; } = [];

    /// <summary>The page that the list, or the first of the posts, goes on with; null for its first page.</summary>
    public string? Next { get; init; }

    /// <summary>There is more to be read before the list is looked at again.</summary>
    public bool More() => Pending.Count > 0 || Listing is not null;

    /// <summary>After a page of the list. What is counted now is written down now: a comment that comes while they are read changes the number again.</summary>
    /// <param name="posts">Each post and its number of comments; null where the network does not say, which counts as changed.</param>
    /// <param name="next">The page after it; null when it was the last.</param>
    /// <param name="most">So many posts are followed.</param>
    public Followed Listed(IEnumerable<(string Id, long? Comments)> posts, string? next, int most)
    {
        var listing = new Dictionary<string, long>(Listing ?? [], StringComparer.Ordinal);
        foreach (var (id, comments) in posts)
        {
            listing[id] = comments ?? Unsaid;
        }

        return next is not null && next != Next && listing.Count < most
            ? this with { Listing = listing, Next = next }
            : new() { Counts = listing, Pending = [.. listing.Where(p => p.Value == Unsaid || p.Value != Counts.GetValueOrDefault(p.Key)).Select(p => p.Key)] };
    }

    /// <summary>The list begun again; null when it stands at its first page, or comments are being read.</summary>
    public Followed? Anew() => Listing is null ? null : this with { Listing = null, Next = null };

    /// <summary>Without the first of the posts, whose comments are refused, for this time: as nothing of it was read, the next list has it changed. Null when none is under way.</summary>
    public Followed? Past() => Pending is not [var refused, ..]
        ? null
        : After(null) with { Counts = Counts.Where(c => c.Key != refused && !refused.StartsWith(c.Key + ":", StringComparison.Ordinal)).ToDictionary(StringComparer.Ordinal) };

    /// <summary>After a page of comments.</summary>
    /// <param name="next">The page after it; null when it was the last.</param>
    /// <param name="deeper">Threads below it that are to be read by themselves.</param>
    public Followed After(string? next, IEnumerable<string>? deeper = null)
    {
        var last = next is null || next == Next;
        return this with { Pending = [.. last ? Pending.Skip(1) : Pending, .. deeper ?? []], Next = last ? null : next };
    }
}
