namespace Serm.Ingest.Connectors;

/// <summary>Where reading an own channel stands. Its list of posts says how many comments each has; those whose number changed are read again from the first comment to the last, which also shows what was edited among them.</summary>
internal sealed record Followed
{
    /// <summary>Comments of each listed post when they were last read.</summary>
    public Dictionary<string, long> Counts { get; init; } = [];

    /// <summary>What is still to be read, the first of it under way.</summary>
    public List<string> Pending { get; init; } = [];

    /// <summary>The page that the first of it goes on with; null for its first page.</summary>
    public string? Next { get; init; }

    /// <summary>After the list was read. What is counted now is written down now: a comment that comes while they are read changes the number again.</summary>
    /// <param name="posts">Each post and its number of comments; null where the network does not say, which counts as changed.</param>
    public Followed Listed(IEnumerable<(string Id, long? Comments)> posts)
    {
        var listed = posts.DistinctBy(p => p.Id, StringComparer.Ordinal).ToList();
        return new()
        {
            Counts = listed.ToDictionary(p => p.Id, p => p.Comments ?? 0, StringComparer.Ordinal),
            Pending = [.. listed.Where(p => p.Comments is null || p.Comments != Counts.GetValueOrDefault(p.Id)).Select(p => p.Id)],
        };
    }

    /// <summary>After a page of comments.</summary>
    /// <param name="next">The page after it; null when it was the last.</param>
    /// <param name="deeper">Threads below it that are to be read by themselves.</param>
    public Followed After(string? next, IEnumerable<string>? deeper = null) => this with
    {
        Pending = [.. next is null ? Pending.Skip(1) : Pending, .. deeper ?? []],
        Next = next,
    };
}
