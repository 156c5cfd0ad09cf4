namespace Serm.Mentions;

/// <summary>A story as <see cref="StoryIndex"/> holds it: who leads it and who tells it.</summary>
/// <param name="leadId">The mention that leads it.</param>
/// <param name="leadPublishedAt">When that was published.</param>
internal sealed class ToldStory(Guid leadId, DateTimeOffset leadPublishedAt)
{
    private ToldStory? mergedInto;

    public Guid LeadId { get; private set; } = leadId;

    public DateTimeOffset LeadPublishedAt { get; set; } = leadPublishedAt;

    public Dictionary<Guid, DateTimeOffset> Members { get; } = [];

    // With those of the stories that it took.
    public List<Guid> Leads { get; } = [leadId];

    // How many of them are still compared with.
    public int Compared { get; set; }

    public ToldStory Root => mergedInto is null ? this : mergedInto = mergedInto.Root;

    public void Take(ToldStory other)
    {
        foreach (var (id, published) in other.Members)
        {
            Members[id] = published;
        }

        Leads.AddRange(other.Leads);
        Compared += other.Compared;
        other.mergedInto = this;
    }

    public void LedBy(Guid id, DateTimeOffset publishedAt)
    {
        (LeadId, LeadPublishedAt) = (id, publishedAt);
        Leads.Add(id);
    }

    // Of the newer half; at least six minutes, so that a burst counts as one and not as endless.
    public double PerHour()
    {
        var times = Members.Values.Order().ToList();
        var newer = times[(times.Count / 2)..];
        return Math.Round(newer.Count / Math.Max(0.1, (newer[^1] - newer[0]).TotalHours), 3);
    }
}
