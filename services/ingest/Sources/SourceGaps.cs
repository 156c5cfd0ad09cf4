namespace Serm.Ingest.Sources;

/// <summary>The coverage ledger of a source.</summary>
internal static class SourceGaps
{
    private const int Most = 500;

    /// <summary>The gaps in a stream, newest first.</summary>
    public static List<Gap> Of(IEnumerable<object> events)
    {
        var gaps = new List<Gap>();
        foreach (var happened in events)
        {
            if (happened is GapOpened opened)
            {
                gaps.Add(new(opened.GapId, opened.From, null, opened.Reason));
            }
            else if (happened is GapClosed closed && gaps.FindLastIndex(g => g.Id == closed.GapId) is >= 0 and var at)
            {
                gaps[at] = gaps[at] with { To = closed.To };
            }
        }

        gaps.Reverse();
        return gaps.Count > Most ? gaps[..Most] : gaps;
    }
}
