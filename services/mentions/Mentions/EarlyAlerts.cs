using Serm.Contracts;

namespace Serm.Mentions;

/// <summary>Alerts that overtook their mentions. Whoever stores such a mention takes its alerts along: stored first, an alert would begin the stream, and the mention would have to be looked up, added to it and written as an edit.</summary>
internal sealed class EarlyAlerts
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string Workspace, Guid MentionId), List<Early>> waiting = [];

    /// <summary>Keeps alerts until they are stored or given up.</summary>
    public Kept Keep(IEnumerable<AlertRaised> alerts)
    {
        var kept = new Kept(this, alerts);
        lock (gate)
        {
            foreach (var early in kept.All)
            {
                if (!waiting.TryGetValue((early.Alert.Workspace, early.Alert.MentionId), out var others))
                {
                    waiting[(early.Alert.Workspace, early.Alert.MentionId)] = others = [];
                }

                others.Add(early);
            }
        }

        return kept;
    }

    /// <summary>What waits for a mention.</summary>
    public IReadOnlyList<Early> Of(string workspace, Guid mentionId)
    {
        lock (gate)
        {
            return waiting.TryGetValue((workspace, mentionId), out var alerts) ? [.. alerts] : [];
        }
    }

    /// <summary>Notes what was stored, after it was.</summary>
    public void Stored(IReadOnlyCollection<Early> alerts)
    {
        lock (gate)
        {
            foreach (var early in alerts)
            {
                early.IsStored = true;
                Forget(early);
            }
        }
    }

    private void Forget(Early early)
    {
        var key = (early.Alert.Workspace, early.Alert.MentionId);
        if (waiting.TryGetValue(key, out var others) && others.Remove(early) && others.Count == 0)
        {
            waiting.Remove(key);
        }
    }

    /// <summary>One telling of an alert: told twice, each waits by itself.</summary>
    internal sealed class Early(AlertRaised alert)
    {
        public AlertRaised Alert { get; } = alert;

        /// <summary>It was stored with its mention.</summary>
        public bool IsStored { get; set; }
    }

    /// <summary>Alerts that wait; no longer once disposed.</summary>
    internal sealed class Kept(EarlyAlerts early, IEnumerable<AlertRaised> alerts) : IDisposable
    {
        /// <summary>All of them, stored meanwhile or not.</summary>
        public IReadOnlyList<Early> All { get; } = [.. alerts.Select(a => new Early(a))];

        /// <summary>Those that nobody has stored yet.</summary>
        public IEnumerable<AlertRaised> Left() => All.Where(e => !e.IsStored).Select(e => e.Alert);

        /// <summary>The others wait no longer.</summary>
        public void Dispose()
        {
            lock (early.gate)
            {
                foreach (var alert in All)
                {
                    early.Forget(alert);
                }
            }
        }
    }
}
