using Serm.Contracts;

namespace Serm.Mentions;

/// <summary>Alerts that overtook their mentions. Whoever stores such a mention takes its alerts along: stored first, an alert would begin the stream, and the mention would have to be looked up, added to it and written as an edit.</summary>
internal sealed class EarlyAlerts
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string Workspace, Guid MentionId), List<AlertRaised>> waiting = [];

    /// <summary>Keeps alerts until they are stored or given up.</summary>
    public Kept Keep(IEnumerable<AlertRaised> alerts)
    {
        List<AlertRaised> all = [.. alerts];
        lock (gate)
        {
            foreach (var alert in all)
            {
                if (!waiting.TryGetValue((alert.Workspace, alert.MentionId), out var others))
                {
                    waiting[(alert.Workspace, alert.MentionId)] = others = [];
                }

                others.Add(alert);
            }
        }

        return new(this, all);
    }

    /// <summary>What waits for a mention.</summary>
    public IReadOnlyList<AlertRaised> Of(string workspace, Guid mentionId)
    {
        lock (gate)
        {
            return waiting.TryGetValue((workspace, mentionId), out var alerts) ? [.. alerts] : [];
        }
    }

    /// <summary>Notes what was stored, after it was.</summary>
    public void Stored(IEnumerable<AlertRaised> alerts)
    {
        lock (gate)
        {
            foreach (var alert in alerts)
            {
                Forget(alert);
            }
        }
    }

    // By reference: the same alert may be told twice, and each telling waits by itself.
    private void Forget(AlertRaised alert)
    {
        if (waiting.TryGetValue((alert.Workspace, alert.MentionId), out var others))
        {
            others.RemoveAll(o => ReferenceEquals(o, alert));
            if (others.Count == 0)
            {
                waiting.Remove((alert.Workspace, alert.MentionId));
            }
        }
    }

    /// <summary>Alerts that wait; no longer once disposed.</summary>
    internal sealed class Kept(EarlyAlerts early, IReadOnlyList<AlertRaised> alerts) : IDisposable
    {
        /// <summary>Those that nobody has stored yet.</summary>
        public IReadOnlyList<AlertRaised> Left()
        {
            lock (early.gate)
            {
                return [.. alerts.Where(a => early.waiting.TryGetValue((a.Workspace, a.MentionId), out var others) && others.Exists(o => ReferenceEquals(o, a)))];
            }
        }

        /// <summary>Those that were stored with their mentions.</summary>
        public IReadOnlyList<AlertRaised> Taken() => [.. alerts.Except(Left())];

        /// <summary>The others wait no longer.</summary>
        public void Dispose() => early.Stored(alerts);
    }
}
