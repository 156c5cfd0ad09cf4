using System.Globalization;

namespace Serm.Demo.Posts;

/// <summary>What the writer of a sample meant. Only the tests look at it: the platform judges for itself.</summary>
internal enum Tone
{
    Negative = 0,
    Neutral = 1,
    Positive = 2,
    Mixed = 3,
}

/// <summary>A written sample.</summary>
/// <param name="Id">Unique for good: <c>sv-017</c>.</param>
/// <param name="Feed">Name of the feed that carries it.</param>
/// <param name="DaysAgo">1 to 13 calendar days (UTC) before the start, 0 for the day of the start itself.</param>
/// <param name="At">Time of that day, UTC.</param>
/// <param name="Tone">As meant.</param>
/// <param name="Author">A pseudonym.</param>
/// <param name="Title">One line; null when the post has none.</param>
/// <param name="Text">Plain text; line breaks as \n.</param>
/// <param name="Edit">The text after an edit; null when it is never edited.</param>
internal sealed record SamplePost(string Id, string Feed, int DaysAgo, TimeOnly At, Tone Tone, string Author, string? Title, string Text, string? Edit)
{
    /// <summary>When it was published, given when the demo was first started. What would lie ahead counts as two weeks old.</summary>
    public DateTimeOffset PublishedAt(DateTimeOffset start) => Before(start, DaysAgo, At);

    /// <summary>A time of day so many days before the start. What would lie ahead counts as two weeks old.</summary>
    public static DateTimeOffset Before(DateTimeOffset start, int daysAgo, TimeOnly time)
    {
        var midnight = new DateTimeOffset(start.UtcDateTime.Date, TimeSpan.Zero);
        var at = midnight.AddDays(-daysAgo) + time.ToTimeSpan();
        return at > start ? at.AddDays(-14) : at;
    }
}

/// <summary>The samples, which are tab-separated lines in <c>Posts/*.tsv</c>.</summary>
internal static class SamplePosts
{
    /// <summary>The two weeks before the start. Columns: id, feed, days ago, time, tone, author, title, text.</summary>
    public static IReadOnlyList<SamplePost> History() => [.. Files().Where(f => !f.StartsWith("Posts/trickle", StringComparison.Ordinal)).SelectMany(Lines).Select(Parse)];

    /// <summary>What is published while the demo runs. Columns: id, feed, tone, author, title, text, text after an edit (may be missing).</summary>
    public static IReadOnlyList<SamplePost> Trickle() => [.. Lines("Posts/trickle.tsv").Select(ParseTrickle)];

    private static IEnumerable<string> Files() => typeof(SamplePosts).Assembly.GetManifestResourceNames().Where(n => n.StartsWith("Posts/", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    /// <summary>The lines of a resource.</summary>
    public static IEnumerable<string> Lines(string file)
    {
        using var reader = new StreamReader(typeof(SamplePosts).Assembly.GetManifestResourceStream(file)!);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0)
            {
                yield return line;
            }
        }
    }

    private static SamplePost Parse(string line)
    {
        var part = Parts(line, 8, 8);
        return new(part[0], part[1], int.Parse(part[2], CultureInfo.InvariantCulture), TimeOnly.ParseExact(part[3], "HH:mm", CultureInfo.InvariantCulture), ToneOf(part[4]), part[5], Maybe(part[6]), Text(part[7]), null);
    }

    private static SamplePost ParseTrickle(string line)
    {
        var part = Parts(line, 6, 7);
        return new(part[0], part[1], 0, default, ToneOf(part[2]), part[3], Maybe(part[4]), Text(part[5]), part.Length == 7 ? Text(part[6]) : null);
    }

    /// <summary>The columns of a line.</summary>
    public static string[] Parts(string line, int least, int most)
    {
        var parts = line.Split('\t');
        return parts.Length >= least && parts.Length <= most ? parts : throw new FormatException($"A line of samples has {parts.Length} columns instead of {least} to {most}: {line}");
    }

    /// <summary>A column that may hold nothing.</summary>
    public static string? Maybe(string title) => title is "" or "-" ? null : title;

    /// <summary>A column with line breaks.</summary>
    public static string Text(string written) => written.Replace("\\n", "\n", StringComparison.Ordinal);

    private static Tone ToneOf(string mark) => mark switch
    {
        "neg" => Tone.Negative,
        "neu" => Tone.Neutral,
        "pos" => Tone.Positive,
        "mix" => Tone.Mixed,
        _ => throw new FormatException($"There is no tone {mark}."),
    };
}
