using Serm.Defaults;
using Serm.Gateway.Clients;

namespace Serm.Gateway.Pages;

/// <summary>How mentions of a source are answered.</summary>
/// <param name="Told">What the source takes.</param>
/// <param name="Network">The network's name, for people.</param>
internal sealed record AnswerWay(Replying Told, string Network);

/// <summary>Asks sources whether mentions can be answered through them: once for all that is shown of a source, and again after a minute.</summary>
internal sealed class Answering(SourcesClient sources, TimeProvider clock)
{
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(1);

    private readonly Dictionary<Guid, (DateTimeOffset At, Task<AnswerWay?> Told)> _told = [];
    private IReadOnlyList<SourceKind>? _kinds;

    /// <summary>The way of a source; null while that is not known: then mentions are answered on the network by hand, as ever.</summary>
    public async Task<AnswerWay?> OfAsync(MentionItem mention)
    {
        var now = clock.GetSteadyNow();
        if (!_told.TryGetValue(mention.SourceId, out var known) || now - known.At > Remembered)
        {
            _told[mention.SourceId] = known = (now, AskAsync(mention));
        }

        var way = await known.Told;
        if (way is null)
        {
            _told.Remove(mention.SourceId);
        }

        return way;
    }

    // Shared by all that is shown of the source: nobody who leaves takes it from the others.
    private async Task<AnswerWay?> AskAsync(MentionItem mention)
    {
        try
        {
            var told = await sources.ReplyingAsync(mention.SourceId, CancellationToken.None);
            return new(told, told.Can ? await NetworkAsync(mention.SourceKind) : mention.SourceKind);
        }
        catch (Refusal)
        {
            return null;
        }
    }

    private async Task<string> NetworkAsync(string kind)
    {
        try
        {
            _kinds ??= await sources.KindsAsync(CancellationToken.None);
        }
        catch (Refusal)
        {
            // Its short name will do.
        }

        return _kinds?.FirstOrDefault(k => k.Kind == kind)?.Name ?? kind;
    }
}
