using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Serm.Contracts;
using Serm.Defaults;
using Serm.Ingest.Posts;

namespace Serm.Ingest.Imports;

/// <summary>A value that cannot be taken.</summary>
/// <param name="Row">Line of the file, from 1; the heading is a line.</param>
/// <param name="Column">Its column; null when it is about the whole row.</param>
/// <param name="Code">Stable: <c>date_invalid</c>, <c>text_missing</c>, <c>row_broken</c>, ...</param>
/// <param name="Message">What is wrong and what to do.</param>
public sealed record ImportError(int Row, string? Column, string Code, string Message);

/// <summary>How the rows of a file are read.</summary>
/// <param name="Workspace">The tenant.</param>
/// <param name="Source">Name of the source that they are shown under.</param>
/// <param name="Kind">Kind of the posts: <c>push</c>, or a network that cannot be read any more.</param>
/// <param name="DateFormat">Of the dates, as .NET writes it (<c>dd.MM.yyyy HH:mm</c>); null for ISO 8601 and seconds since 1970.</param>
/// <param name="Zone">Of dates that name none.</param>
internal sealed record ImportPlan(string Workspace, string Source, string Kind, string? DateFormat, TimeZoneInfo Zone);

/// <summary>Makes posts of rows, by the same rules as of pushed posts.</summary>
internal static class ImportRows
{
    /// <summary>The posts of the good rows, and what is wrong with the others.</summary>
    public static (IReadOnlyList<Post> Posts, IReadOnlyList<ImportError> Errors) Read(ImportFile file, ImportFields fields, ImportPlan plan, DateTimeOffset now)
    {
        var (posts, errors) = (new List<Post>(), new List<ImportError>());
        foreach (var row in file.Rows)
        {
            if (row.Broken is { } why)
            {
                errors.Add(new(row.Line, null, "row_broken", why));
                continue;
            }

            try
            {
                posts.Add(One(row, fields, plan, now));
            }
            catch (RuleViolation wrong)
            {
                errors.Add(new(row.Line, fields.Column(wrong.Field ?? ""), wrong.Code, wrong.Message));
            }
        }

        return (posts, errors);
    }

    private static Post One(ImportRow row, ImportFields fields, ImportPlan plan, DateTimeOffset now)
    {
        string? Value(string field) => fields.ByField.TryGetValue(field, out var column) && row.Values.TryGetValue(column, out var value) && !string.IsNullOrWhiteSpace(value) ? value : null;
        long? Count(string field) => Value(field) is not { } written ? null
            : long.TryParse(written.Replace(" ", "", StringComparison.Ordinal).Replace("\u00A0", "", StringComparison.Ordinal), NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var number) ? number
            : throw RuleViolation.Invalid(field, "number_invalid", $"\"{Cut(written)}\" is no whole number.");

        var date = Value("publishedAt") is { } when ? Date(when, plan) : throw RuleViolation.Invalid("publishedAt", "date_missing", "This row has no date.");
        var pushed = new PushedPost(
            Value("id") ?? Hash(Value("url"), date, Value("author"), Value("title"), Value("text")),
            Value("text"),
            Value("title"),
            Value("url"),
            new(Value("authorId"), Value("author"), Value("authorHandle"), Value("authorUrl"), Count("followers")),
            date.ToString("O", CultureInfo.InvariantCulture),
            Value("language"),
            Count("reach"),
            Value("parentId"));
        var post = PushedPosts.One(plan.Kind, plan.Source, Sources.PushSources.IdOf(plan.Workspace, plan.Source), pushed, "", now);
        var (likes, shares, replies, views) = (Count("likes"), Count("shares"), Count("replies"), Count("views"));
        return likes is null && shares is null && replies is null && views is null ? post : post with { Engagement = new(now, likes, shares, replies, views) };
    }

    private static DateTimeOffset Date(string written, ImportPlan plan)
    {
        if (plan.DateFormat is null && long.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is > 100_000_000 and < 100_000_000_000_000)
        {
            return seconds < 100_000_000_000 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : DateTimeOffset.FromUnixTimeMilliseconds(seconds);
        }

        // Of a moment without its zone: the caller says where it was written down.
        var local = plan.DateFormat is { } format
            ? DateTime.TryParseExact(written.Trim(), format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var exact) ? exact : (DateTime?)null
            : DateTime.TryParse(written.Trim(), CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var free) && char.IsAsciiDigit(written.Trim()[0]) && written.Trim().IndexOf('-', StringComparison.Ordinal) == 4 ? free : null;
        return local is not { } found ? throw RuleViolation.Invalid("publishedAt", "date_invalid", $"\"{Cut(written)}\" is no date {(plan.DateFormat is null ? "as in ISO 8601 (2026-03-01T12:00:00Z). Say how dates are written: dateFormat=dd.MM.yyyy HH:mm" : $"of the form {plan.DateFormat}")}.")
            : found.Kind == DateTimeKind.Utc ? new(found) : new DateTimeOffset(found, plan.Zone.GetUtcOffset(found)).ToUniversalTime();
    }

    // Without ids of its own a row is known by what it says, so that importing it again does no harm.
    private static string Hash(string? url, DateTimeOffset date, string? author, string? title, string? text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(url ?? $"{date:O}\n{author}\n{title}\n{text}")))[..32];

    private static string Cut(string written) => Connectors.Feed.PlainText.Line(written, 60) ?? "";
}
