using System.Text.Json.Nodes;
using Serm.Defaults;

namespace Serm.Ingest.Sources;

/// <summary>What people read of what was done to a source. Pure. That it was blind for a time is told on its own page.</summary>
internal static class SourceChanges
{
    /// <summary>Who moves a feed.</summary>
    public const string Publisher = "publisher";

    /// <summary>Of the states before and after an event; null for one that changes nothing.</summary>
    public static ChangeRow? Of(Source before, Source after, object happened) => happened switch
    {
        SourceAdded e => Of("source.added", after, e.By, e.At, Differences.Of(null, Shown(after))),
        SourceChanged e => Of("source.changed", after, e.By, e.At, Differences.Of(Shown(before), Shown(after))),
        SourceCredentialsChanged e => Of("source.credentials_changed", after, e.By, e.At, [Differences.Secret("credentials")]),
        SourcePaused e => Of("source.paused", after, e.By, e.At, []),
        SourceResumed e => Of("source.resumed", after, e.By, e.At, []),
        SourceMoved e => Of("source.moved", after, Publisher, e.At, Differences.Of(Shown(before), Shown(after))),
        SourceRemoved e => Of("source.removed", before, e.By, e.At, Differences.Of(Shown(before), null)),
        _ => null,
    };

    private static ChangeRow Of(string kind, Source source, string by, DateTimeOffset at, IReadOnlyList<ChangedField> fields) => ChangeRow.Of(kind, source.Id, source.Name, by, at, fields);

    private static object Shown(Source s) => new { s.Kind, s.Name, s.Url, s.IntervalSeconds, Options = s.Options is null ? null : JsonNode.Parse(s.Options) };
}
