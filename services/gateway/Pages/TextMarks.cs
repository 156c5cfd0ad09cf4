using Serm.Contracts;

namespace Serm.Gateway.Pages;

/// <summary>A run of text with one weight.</summary>
/// <param name="Text">The characters.</param>
/// <param name="Weight">Contribution to the negative logit; null for plain text.</param>
public sealed record TextRun(string Text, float? Weight);

/// <summary>Cuts a text at its evidence.</summary>
public static class TextMarks
{
    /// <summary>The whole text as runs. Spans that do not fit it are left out: they may belong to another revision.</summary>
    public static IReadOnlyList<TextRun> Cut(string text, IEnumerable<EvidenceSpan> spans, PostPart part)
    {
        var runs = new List<TextRun>();
        var at = 0;
        foreach (var span in spans.Where(s => s.Part == part).OrderBy(s => s.Start))
        {
            var end = span.Start + span.Length;
            if (span.Start < at || span.Length < 1 || end > text.Length || Splits(text, span.Start) || Splits(text, end))
            {
                continue;
            }

            Plain(at, span.Start);
            runs.Add(new TextRun(text[span.Start..end], span.Weight));
            at = end;
        }

        Plain(at, text.Length);
        return runs;

        void Plain(int from, int to)
        {
            if (to > from)
            {
                runs.Add(new TextRun(text[from..to], null));
            }
        }
    }

    /// <summary>A part of the text of about <paramref name="most"/> characters in which the first thing that speaks for negative can be seen.</summary>
    public static (string Text, IReadOnlyList<EvidenceSpan> Spans) Snippet(string text, IReadOnlyList<EvidenceSpan> spans, int most)
    {
        if (text.Length <= most)
        {
            return (text, spans);
        }

        var first = spans.Where(s => s is { Part: PostPart.Text, Weight: > 0 }).Select(s => s.Start).DefaultIfEmpty(0).Min();
        var from = first < most * 2 / 3 ? 0 : WordStart(text, Math.Min(first - (most / 4), text.Length - most));
        var to = Math.Min(text.Length, from + most);
        if (Splits(text, to))
        {
            to--;
        }

        var lead = from > 0 ? "… " : "";
        var shown = spans
            .Where(s => s.Part == PostPart.Text && s.Start >= from && s.Start + s.Length <= to)
            .Select(s => s with { Start = s.Start - from + lead.Length })
            .Concat(spans.Where(s => s.Part == PostPart.Title));
        return (lead + text[from..to] + (to < text.Length ? "…" : ""), [.. shown]);
    }

    private static int WordStart(string text, int at)
    {
        at = Math.Max(0, at);
        var space = text.IndexOf(' ', at, Math.Min(30, text.Length - at));
        return space >= 0 ? space + 1 : Splits(text, at) ? at - 1 : at;
    }

    private static bool Splits(string text, int at) => at > 0 && at < text.Length && char.IsHighSurrogate(text[at - 1]) && char.IsLowSurrogate(text[at]);
}
