using Microsoft.AspNetCore.Http.HttpResults;
using Serm.Ingest.Connectors;
using Serm.Ingest.Sources;

namespace Serm.Ingest.Replies;

/// <summary>Whether mentions of a source can be answered through it.</summary>
/// <param name="Can">They can.</param>
/// <param name="Why">Why not: <c>cannot_reply</c>, <c>replies_off</c> or <c>source_paused</c>; null when they can.</param>
/// <param name="MaxLength">Most characters of an answer, counted in UTF-16; null where the network names no limit, and where they cannot.</param>
/// <param name="MinLength">Fewest, from 1.</param>
public sealed record Replying(bool Can, string? Why, int? MaxLength, int MinLength);

/// <summary>Says whether an answer can be offered, and how long it may be.</summary>
internal static class ReadReplying
{
    public static async Task<Ok<Replying>> RunAsync(Guid id, [AsParameters] SourceDesk desk, CancellationToken ct)
    {
        var view = await desk.ViewAsync(id, ct);
        return TypedResults.Ok(Of(desk.Book.Find(view.Kind), view.State == SourceState.Paused, Settings.Of(view.OptionsText, null)));
    }

    /// <summary>From a source's kind and options.</summary>
    internal static Replying Of(IConnector? connector, bool paused, Settings settings)
    {
        var why = ReplyDecider.WhyNot(connector, paused, settings)?.Code;
        var length = connector is IReplies replies && why is null ? replies.Length(settings) : null;
        return new(why is null, why, length?.Max, length?.Min ?? 1);
    }
}
