using Marten;
using Serm.Defaults;

namespace Serm.Ingest.Sources;

/// <summary>Sources that others push through. They appear with the first push under their name.</summary>
internal static class PushSources
{
    private static readonly Guid Space = new("0d5c8a53-6a0b-5f3e-9f55-0b6f5f3f7a11");

    /// <summary>The id that a name has for good.</summary>
    public static Guid IdOf(string workspace, string name) => NameBasedGuid.Create(Space, workspace, name);

    /// <summary>Makes sure that the source exists; a repeat changes nothing.</summary>
    public static async Task<Source> EnsureAsync(IDocumentStore store, string workspace, string name, string by, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var session = store.LightweightSession(workspace);
        return await SourceLog.ApplyAsync(session, IdOf(workspace, name), s => SourceDecider.Add(s, Source.PushKind, new(name, null, null), by, now), null, cancellationToken);
    }
}
