using Serm.Contracts;

namespace Serm.Gateway.Pages;

/// <summary>Who reads what right now, as far as it was told: a hint that fades by itself.</summary>
/// <param name="self">The person whose page this is: not told of themselves.</param>
internal sealed class Readers(string self)
{
    private readonly Dictionary<(Guid Mention, string User), DateTimeOffset> _until = [];

    /// <summary>Takes in what was told.</summary>
    public void Hear(IEnumerable<PresenceChanged> told)
    {
        foreach (var one in told.Where(p => p.User != self))
        {
            _until[(one.MentionId, one.User)] = one.Until;
        }
    }

    /// <summary>Forgets who has left.</summary>
    public void Fade(DateTimeOffset now)
    {
        foreach (var gone in _until.Where(u => u.Value <= now).Select(u => u.Key).ToList())
        {
            _until.Remove(gone);
        }
    }

    /// <summary>Who reads it, by name.</summary>
    public IReadOnlyList<string> Of(Guid mention, DateTimeOffset now) => _until.Count == 0
        ? []
        : [.. _until.Where(u => u.Key.Mention == mention && u.Value > now).Select(u => u.Key.User).Order(StringComparer.CurrentCulture)];
}
