using System.Globalization;
using Serm.Contracts;

namespace Serm.Alerts;

/// <summary>What a channel tells, before it is put into the channel's own form. All of it is plain text and may be hostile: each sender escapes it for its place.</summary>
/// <param name="Id">Same in every try: receivers know a repeat by it.</param>
/// <param name="Title">One line.</param>
/// <param name="Lines">Facts.</param>
/// <param name="Quotes">What people wrote, cut; with who wrote it.</param>
/// <param name="Link">Where to look; null when the gateway's address is not known.</param>
/// <param name="LinkText">What the link says.</param>
/// <param name="Severity">How much it matters.</param>
internal sealed record Message(Guid Id, string Title, IReadOnlyList<string> Lines, IReadOnlyList<Quote> Quotes, Uri? Link, string LinkText, IncidentSeverity Severity)
{
    private const int MostQuotes = 3;
    private const int MostText = 280;

    /// <summary>A test.</summary>
    public static Message Test(NoticeChannel channel, string by, Guid id)
    {
        var texts = NoticeTexts.Of(channel.Language);
        return new(id, texts.Test(channel.Name), [texts.TestBy(by)], [], null, "", IncidentSeverity.Info);
    }

    /// <summary>A notice of an incident.</summary>
    public static Message Of(Guid id, string kind, Incident incident, long alerts, NoticeChannel channel, IReadOnlyList<MentionScored> mentions, Uri? publicUrl)
    {
        var texts = NoticeTexts.Of(channel.Language);
        var about = string.Join(" · ", new[] { incident.Brand?.Name, incident.Subject }.Where(t => !string.IsNullOrEmpty(t)));
        var lines = new List<string> { texts.Rule(incident.RuleName) };
        if (incident.Measured is { Expected: > 0 } m)
        {
            lines.Add(texts.Measured(m.Observed, m.Expected, (m.To - m.From).TotalMinutes));
        }
        else if (incident is { Kind: RuleKinds.CredentialsEnd, Measured: { } end })
        {
            lines.Add(texts.Ends(Local(end.To, channel)));
        }
        else if (alerts > 0 && RuleKinds.IsSingle(incident.Kind))
        {
            lines.Add(incident.Cause == Story.Many ? texts.Many(alerts, incident.Negative) : texts.Alerts(alerts, incident.Negative));
        }

        lines.Add(texts.Since(Local(incident.OpenedAt, channel)));
        return new(
            id,
            Clean($"{texts.Kind(kind)}: {texts.Cause(incident.Kind)}{(about.Length > 0 ? $" – {about}" : "")}"),
            [.. lines.Select(Clean)],
            kind == NoticeKinds.Resolved ? [] : [.. mentions.Take(MostQuotes).Select(Quote)],
            publicUrl is null ? null : new Uri(publicUrl, $"/incidents/{incident.Id:D}"),
            texts.Look,
            incident.Severity);
    }

    /// <summary>One line of printable characters: no header, no line of another message can be smuggled in.</summary>
    public static string Clean(string text) => string.Concat(text.Select(c => char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator || IsTurning(c) ? ' ' : c)).Trim();

    /// <summary>A time as the channel's reader has it.</summary>
    public static string Local(DateTimeOffset at, NoticeChannel channel) => TimeZoneInfo.ConvertTime(at, channel.Zone).ToString("d MMM yyyy HH:mm", NoticeTexts.Of(channel.Language).Culture) + $" ({channel.TimeZone})";

    private static Quote Quote(MentionScored scored)
    {
        var post = scored.Mention.Post;
        var text = Clean(post.Title is { Length: > 0 } title ? $"{title} – {post.Text}" : post.Text);
        return new(Cut(text), Cut(Clean(post.Author?.Name ?? post.Author?.Handle ?? "")), Clean(post.SourceName));
    }

    // Never between the halves of a surrogate pair.
    private static string Cut(string text) => text.Length <= MostText ? text : text[..(char.IsHighSurrogate(text[MostText - 1]) ? MostText - 1 : MostText)] + "…";

    // Marks that turn the direction of writing can make a name read as something else.
    private static bool IsTurning(char c) => c is >= '\u202A' and <= '\u202E' or >= '\u2066' and <= '\u2069';
}

/// <summary>What somebody wrote. Hostile.</summary>
/// <param name="Text">Cut, on one line.</param>
/// <param name="Author">May be empty.</param>
/// <param name="Source">Where.</param>
internal sealed record Quote(string Text, string Author, string Source);
