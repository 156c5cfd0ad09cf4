using System.Runtime.InteropServices;
using Serm.Contracts;

namespace Serm.Ingest.Queries.Matching;

/// <summary>Where a word stands.</summary>
/// <param name="Position">Counted in words over title and text.</param>
/// <param name="Part">Title or text.</param>
/// <param name="Start">First UTF-16 character.</param>
/// <param name="Length">UTF-16 characters.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Hit(int Position, PostPart Part, int Start, int Length);

/// <summary>The hits of one post by term, in order of position. Used again for the next post: emptying it costs nothing.</summary>
/// <param name="terms">Terms of the vocabulary.</param>
/// <param name="queries">Queries of the index.</param>
internal sealed class PostWords(int terms, int queries)
{
    private readonly int[] first = new int[terms];
    private readonly int[] last = new int[terms];
    private readonly int[] termEpoch = new int[terms];
    private readonly int[] queryEpoch = new int[queries];
    private Hit[] hits = new Hit[256];
    private int[] next = new int[256];
    private int[] cursors = new int[16];
    private int count;
    private int epoch;
    private string? host;
    private bool hasHost;
    private string? address;

    /// <summary>The post.</summary>
    public PostText Post { get; private set; }

    /// <summary>Terms that occur, in order of their first hit.</summary>
    public List<int> Present { get; } = [];

    /// <summary>The host of the post's address; null without a usable one.</summary>
    public string? Host
    {
        get
        {
            if (!hasHost)
            {
                hasHost = true;
                host = Uri.TryCreate(Post.Url, UriKind.Absolute, out var url) ? url.IdnHost.TrimEnd('.').ToLowerInvariant() : null;
            }

            return host;
        }
    }

    /// <summary>The post's address with its escapes taken back; null where it has none.</summary>
    public string? ReadAddress => Post.Url is { } url && url.Contains('%', StringComparison.Ordinal) ? address ??= Uri.UnescapeDataString(url) : null;

    /// <summary>Empties it for a post.</summary>
    public void Begin(in PostText post)
    {
        Post = post;
        hasHost = false;
        address = null;
        count = 0;
        Present.Clear();
        if (++epoch == int.MaxValue)
        {
            Array.Clear(termEpoch);
            Array.Clear(queryEpoch);
            epoch = 1;
        }
    }

    /// <summary>Notes a hit; positions must not decrease.</summary>
    public void Add(int term, Hit hit)
    {
        if (count == hits.Length)
        {
            Array.Resize(ref hits, count * 2);
            Array.Resize(ref next, count * 2);
        }

        hits[count] = hit;
        next[count] = -1;
        if (termEpoch[term] == epoch)
        {
            // The word itself and its stem may both say so.
            if (hits[last[term]].Position == hit.Position)
            {
                return;
            }

            next[last[term]] = count;
        }
        else
        {
            termEpoch[term] = epoch;
            first[term] = count;
            Present.Add(term);
        }

        last[term] = count++;
    }

    /// <summary>True the first time that it is asked of a query for this post.</summary>
    public bool IsNew(int query)
    {
        if (queryEpoch[query] == epoch)
        {
            return false;
        }

        queryEpoch[query] = epoch;
        return true;
    }

    /// <summary>True when a term occurs.</summary>
    public bool Has(int term) => termEpoch[term] == epoch;

    /// <summary>The first hit of a term, or -1.</summary>
    public int First(int term) => termEpoch[term] == epoch ? first[term] : -1;

    /// <summary>The hit after a hit of the same term, or -1.</summary>
    public int Next(int hit) => next[hit];

    /// <summary>A hit.</summary>
    public ref readonly Hit this[int hit] => ref hits[hit];

    /// <summary>Room for the cursors of one phrase; good until the next phrase asks.</summary>
    public int[] Cursors(int length) => cursors.Length >= length ? cursors : cursors = new int[length * 2];

    /// <summary>Lets go of the post and of the room that an unusually long one took.</summary>
    public void End()
    {
        Post = default;
        host = null;
        address = null;
        if (hits.Length > 4_096)
        {
            hits = new Hit[256];
            next = new int[256];
        }
    }
}
