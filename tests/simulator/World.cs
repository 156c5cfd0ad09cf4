namespace Serm.Simulator;

/// <summary>Somebody who writes.</summary>
/// <param name="Id">From 1.</param>
public sealed record SimAuthor(long Id, string Name, string Handle, long Followers);

/// <summary>A post of the simulated world. Each network shows it in its own form.</summary>
/// <param name="Id">From 1, in the order of publication, over all networks.</param>
/// <param name="Channel">Where it stands: a community, a video, a forum; what it means is the network's.</param>
public sealed record SimPost(long Id, string Channel, SimAuthor Author, string Text, DateTimeOffset At)
{
    /// <summary>The post that it answers; null for one that begins a thread.</summary>
    public SimPost? Parent { get; init; }

    public DateTimeOffset? EditedAt { get; init; }

    public bool Deleted { get; init; }

    public string? Title { get; init; }

    public string Language { get; init; } = "en";

    public long Likes { get; init; }

    public long Shares { get; init; } = 1;

    public long Views { get; init; } = 50;

    /// <summary>The post that began the thread.</summary>
    public SimPost Root => Parent is null ? this : Parent.Root;
}

/// <summary>What happened to a post.</summary>
public enum Change
{
    Published = 0,
    Edited = 1,
    Deleted = 2,

    /// <summary>People reacted to it.</summary>
    Reacted = 3,
}

/// <summary>The posts of one network, as they are now, and what happened to them in order.</summary>
public sealed class World(SimClock clock)
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<long, SimPost> posts = [];
    private readonly List<(Change What, SimPost Post, DateTimeOffset At)> log = [];
    private long last;

    /// <summary>All posts that are there, oldest first.</summary>
    public IReadOnlyList<SimPost> Posts
    {
        get
        {
            lock (gate)
            {
                return [.. posts.Values.Where(p => !p.Deleted)];
            }
        }
    }

    /// <summary>Everything that happened, in order: what streams and hooks tell.</summary>
    public IReadOnlyList<(Change What, SimPost Post, DateTimeOffset At)> Log
    {
        get
        {
            lock (gate)
            {
                return [.. log];
            }
        }
    }

    /// <summary>A post, deleted or not; null when there never was one.</summary>
    public SimPost? Find(long id)
    {
        lock (gate)
        {
            return posts.GetValueOrDefault(id);
        }
    }

    /// <summary>Publishes a post now, or with the date of another moment.</summary>
    public SimPost Publish(string text, string channel = "main", SimPost? parent = null, TimeSpan skew = default, string? title = null, SimAuthor? author = null)
    {
        lock (gate)
        {
            last++;
            author ??= new SimAuthor((last % 7) + 1, $"Åsa Ünal {last % 7}", $"writer{last % 7}", 100 + (last % 7));
            var post = new SimPost(last, channel, author, text, Second(clock.GetUtcNow() + skew)) { Parent = parent, Likes = last % 5, Title = title };
            posts[last] = post;
            log.Add((Change.Published, post, clock.GetUtcNow()));
            return post;
        }
    }

    /// <summary>Publishes a post as it is given, under its own id and date.</summary>
    public SimPost Publish(SimPost post)
    {
        lock (gate)
        {
            last = Math.Max(last, post.Id);
            posts[post.Id] = post;
            log.Add((Change.Published, post, clock.GetUtcNow()));
            return post;
        }
    }

    /// <summary>Counts anew how people react to a post.</summary>
    public SimPost React(SimPost post, long likes, long shares, long views)
    {
        lock (gate)
        {
            var reacted = posts[post.Id] with { Likes = likes, Shares = shares, Views = views };
            posts[post.Id] = reacted;
            log.Add((Change.Reacted, reacted, clock.GetUtcNow()));
            return reacted;
        }
    }

    /// <summary>Changes the text of a post.</summary>
    public SimPost Edit(SimPost post, string text)
    {
        lock (gate)
        {
            var edited = posts[post.Id] with { Text = text, EditedAt = Second(clock.GetUtcNow()) };
            posts[post.Id] = edited;
            log.Add((Change.Edited, edited, clock.GetUtcNow()));
            return edited;
        }
    }

    /// <summary>Deletes a post; what answers it stays.</summary>
    public SimPost Delete(SimPost post)
    {
        lock (gate)
        {
            var deleted = posts[post.Id] with { Deleted = true };
            posts[post.Id] = deleted;
            log.Add((Change.Deleted, deleted, clock.GetUtcNow()));
            return deleted;
        }
    }

    // Networks tell dates to the second.
    private static DateTimeOffset Second(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
}
