using Serm.Contracts;

namespace Serm.Mentions;

/// <summary>
/// The mentions that this process stored last, so that a copy of one of them is written with its story from the beginning, and not once more behind the main road. What other processes stored, and what is
/// older, <see cref="StoryKeeper"/> finds, which has the last word. Safe for several threads.
/// </summary>
internal sealed class StoredStories
{
    /// <summary>Most mentions that are compared with.</summary>
    public const int Most = 100_000;

    private readonly Lock gate = new();
    private readonly StoryIndex stored = new(Most);

    /// <summary>The mention whose story each of a batch tells; those that begin one are not in it. Of copies in one batch the others join the first: they are stored together or not at all.</summary>
    /// <param name="batch">What is to be stored.</param>
    /// <param name="together">False where a rule may put some of it aside: that leads no story, and which it is is not known yet.</param>
    public IReadOnlyDictionary<Guid, Guid?> LeadsOf(IEnumerable<MentionFound> batch, bool together = true)
    {
        var (leads, others) = (new Dictionary<Guid, Guid?>(), new StoryIndex());
        lock (gate)
        {
            foreach (var m in batch.Where(m => m.Post.SimHash is not null || m.Post.CanonicalUrl is not null))
            {
                var telling = new Telling(m.MentionId, m.Workspace, m.Brand.Id, m.Post.SimHash, Keys.OfUrl(m.Post.CanonicalUrl), m.Post.PublishedAt);
                if ((stored.LeadOf(telling) ?? (together ? others.LeadOf(telling) : null)) is { } lead)
                {
                    leads[m.MentionId] = lead;
                }

                others.Load(telling with { StoryId = leads.GetValueOrDefault(m.MentionId) });
            }
        }

        return leads;
    }

    /// <summary>Takes what was stored: nothing may join what is not, nor what a rule put aside, then or later.</summary>
    public void Take(string workspace, IEnumerable<Mention> mentions)
    {
        lock (gate)
        {
            foreach (var m in mentions.Where(m => m.Brand is not null && (m.SimHash is not null || m.UrlKey is not null)))
            {
                if (m.FilteredBy is not null)
                {
                    // Who leads its story instead, the keeper says.
                    stored.PutAside(workspace, m.Id);
                    continue;
                }

                stored.Load(new(m.Id, workspace, m.Brand!.Id, m.SimHash, m.UrlKey, m.Latest!.PublishedAt, m.StoryId));
            }
        }
    }
}
