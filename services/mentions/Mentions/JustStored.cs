namespace Serm.Mentions;

/// <summary>Mentions that this process stored a moment ago, so that their late copies need not be looked up. The last 20,000 to 40,000, a few megabytes; of all others the database is asked.</summary>
internal sealed class JustStored
{
    private const int Most = 20_000;

    private readonly Lock gate = new();
    private Dictionary<(string Workspace, Guid Id), int> young = [];
    private Dictionary<(string Workspace, Guid Id), int> old = [];

    /// <summary>Notes what was stored, after it was.</summary>
    public void Note(string workspace, IReadOnlyCollection<Mention> stored)
    {
        lock (gate)
        {
            foreach (var mention in stored)
            {
                if (mention.Latest is { } latest)
                {
                    young[(workspace, mention.Id)] = latest.Number;
                }
            }

            if (young.Count >= Most)
            {
                (old, young) = (young, new(young.Count));
            }
        }
    }

    /// <summary>The revision up to which a mention is known to be stored; 0 when nothing is known.</summary>
    public int RevisionOf(string workspace, Guid id)
    {
        lock (gate)
        {
            return young.TryGetValue((workspace, id), out var revision) || old.TryGetValue((workspace, id), out revision) ? revision : 0;
        }
    }
}
