using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>The order of the inbox.</summary>
public enum InboxSort
{
    /// <summary>Latest published first.</summary>
    Newest = 0,

    /// <summary>Most urgent first; only what is open.</summary>
    Urgent = 1,

    /// <summary>What most people can have seen first.</summary>
    Reach = 2,

    /// <summary>What was told most often first; only what others told as well.</summary>
    Sightings = 3,
}

/// <summary>What the inbox is asked for. Values of one filter are alternatives; filters all have to hold.</summary>
/// <param name="Id">Only these mentions; at most 100.</param>
/// <param name="Brand">Brands.</param>
/// <param name="Sentiment"><c>negative</c>, <c>neutral</c>, <c>positive</c> or <c>unscored</c>.</param>
/// <param name="Status"><c>new</c>, <c>claimed</c>, <c>waiting</c>, <c>snoozed</c>, <c>resolved</c>, <c>dismissed</c>.</param>
/// <param name="Language">ISO codes.</param>
/// <param name="Source">Sources.</param>
/// <param name="Q">Words that the title, text or author has, as prefixes, in any case, the Turkish letters i as one; <c>-word</c> excludes, <c>"word"</c> is the whole word.</param>
/// <param name="From">Published at or after.</param>
/// <param name="To">Published before.</param>
/// <param name="Sort"><c>newest</c> (default), <c>urgent</c> (only what is open), <c>reach</c> or <c>sightings</c> (only what leads a story that others told as well).</param>
/// <param name="Cursor">From <c>nextCursor</c> of the last page.</param>
/// <param name="Limit">1 to 200; 50 by default.</param>
/// <param name="Tag">Tags.</param>
/// <param name="Owner">Whose they are; <c>me</c> for the caller, <c>none</c> for nobody's.</param>
/// <param name="Story">The sightings of a story, its lead included.</param>
/// <param name="Stories"><c>one</c>: of each story only the mention that leads it; <c>all</c>. One when the most urgent come first, else all.</param>
/// <param name="Author">Authors, by <c>authorId</c>.</param>
/// <param name="AuthorList"><c>vip</c> or <c>ignore</c>: only by authors of that list.</param>
/// <param name="Severity"><c>low</c>, <c>normal</c>, <c>high</c>, <c>critical</c>.</param>
/// <param name="Sla"><c>running</c>, <c>dueSoon</c>, <c>breached</c>, <c>met</c>, <c>paused</c>.</param>
/// <param name="Reply"><c>failed</c>: an answer through the network was refused or may be there, and nobody has dealt with it; <c>underWay</c>: one is under way.</param>
/// <param name="Filtered">True: only what a rule put aside. False: nothing of that.</param>
public sealed record InboxQuery(
    [property: FromQuery] Guid[]? Id,
    [property: FromQuery] Guid[]? Brand,
    [property: FromQuery] string[]? Sentiment,
    [property: FromQuery] string[]? Status,
    [property: FromQuery] string[]? Language,
    [property: FromQuery] Guid[]? Source,
    [property: FromQuery] string? Q,
    [property: FromQuery] DateTimeOffset? From,
    [property: FromQuery] DateTimeOffset? To,
    [property: FromQuery] string? Sort,
    [property: FromQuery] string? Cursor,
    [property: FromQuery] int? Limit,
    [property: FromQuery] string[]? Tag = null,
    [property: FromQuery] string[]? Owner = null,
    [property: FromQuery] Guid? Story = null,
    [property: FromQuery] string? Stories = null,
    [property: FromQuery] Guid[]? Author = null,
    [property: FromQuery] string? AuthorList = null,
    [property: FromQuery] string[]? Severity = null,
    [property: FromQuery] string[]? Sla = null,
    [property: FromQuery] string[]? Reply = null,
    [property: FromQuery] bool? Filtered = null)
{
    internal const int DefaultLimit = 50;
    internal const int MaxLimit = 200;

    internal InboxSort Order => string.IsNullOrEmpty(Sort) ? InboxSort.Newest : Parse<InboxSort>(Sort, "sort");

    /// <summary>Adds the conditions to a command whose first parameter is the workspace.</summary>
    internal string Where(NpgsqlCommand command, string user)
    {
        var sql = new StringBuilder("i.workspace = $1");
        void And(string condition, object value)
        {
            command.Parameters.AddWithValue(value);
            sql.Append(" and ").Append(condition.Replace("?", "$" + command.Parameters.Count.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        }

        // One value by equality: only so does an index that starts with the column keep the page's order.
        void AndAny<T>(string column, T[] values)
            where T : notnull
        {
            if (values is [var only])
            {
                And(column + " = ?", only);
            }
            else
            {
                And(column + " = any(?)", values);
            }
        }

        void AndGuids(string column, Guid[] values)
        {
            if (values.Length > 0)
            {
                AndAny(column, values);
            }
        }

        if (Id is { Length: > 0 })
        {
            And("i.id = any(?)", Id.Length <= 100 ? Id : throw RuleViolation.Invalid("id", "too_many", "Ask for at most 100 ids at once."));
        }

        if (Brand is { Length: > 0 })
        {
            AndAny("i.brand_id", Brand);
        }

        if (Given(Sentiment) is { Length: > 0 } sentiments)
        {
            AndAny("i.label", Array.ConvertAll(sentiments, s => s == "unscored" ? InboxRows.Unscored : (short)Parse<Sentiment>(s, "sentiment")));
        }

        if (Given(Status) is { Length: > 0 } asked)
        {
            var statuses = Array.ConvertAll(asked, s => (short)Parse<MentionStatus>(s, "status"));
            AndAny("i.status", statuses);
            if (Array.TrueForAll(statuses, x => x <= (short)MentionStatus.Claimed))
            {
                // Says what follows from it, so that the index over the few open ones can serve.
                sql.Append(" and i.status <= 1");
            }
        }

        if (Given(Language) is { Length: > 0 } languages)
        {
            AndAny("i.language", Array.ConvertAll(languages, Code));
        }

        if (Source is { Length: > 0 })
        {
            AndAny("i.source_id", Source);
        }

        RuleViolation.ThrowIfEndsFirst(From, To);
        if (From is { } from)
        {
            And("i.published_at >= ?", from.UtcDateTime);
        }

        if (To is { } to)
        {
            And("i.published_at < ?", to.UtcDateTime);
        }

        AddDesk(sql, And, AndGuids, user);
        if (SearchText.ToTsQuery(Q) is { } search)
        {
            // Twice: PostgreSQL guesses the same share for each form of a word that it has not seen, and with three forms looked through the whole inbox for a rare one. It takes the two for independent, and so a rare word for rare.
            And("c.search @@ ?::tsquery and c.search @@ ?::tsquery", search);
        }

        return sql.ToString();
    }

    // What people, rules, stories and clocks did.
    private void AddDesk(StringBuilder sql, Action<string, object> and, AndAnyOf andAny, string user)
    {
        if (Tag is { Length: > 0 })
        {
            and("d.tags && ?", Array.ConvertAll(Tag, t => Decide.TagName(t, "tag")));
        }

        if (Given(Owner) is { Length: > 0 } owners)
        {
            var names = owners.Where(o => o != "none").Select(o => o == "me" ? user : o).ToArray();
            and(owners.Contains("none", StringComparer.Ordinal) ? "(i.owner is null or i.owner = any(?))" : "i.owner = any(?)", names);
        }

        if (Story is { } story)
        {
            and("(i.story_id = ? or i.id = ?)", story);
        }
        else if (Stories switch { "one" => true, "all" => false, null => Order == InboxSort.Urgent, _ => throw RuleViolation.Invalid("stories", "value_unknown", "stories takes one, all.") })
        {
            sql.Append(" and i.story_id is null");
        }

        andAny("i.author_key", Author ?? []);
        if (AuthorList is not null)
        {
            and("l.list = ?", AuthorLists.Known(AuthorList, "authorList"));
        }

        if (Given(Severity) is { Length: > 0 } severities)
        {
            and("coalesce(d.severity, 1) = any(?)", Array.ConvertAll(severities, s => (short)Parse<Severity>(s, "severity")));
        }

        if (Given(Sla) is { Length: > 0 } states)
        {
            and("i.sla_state = any(?)", Array.ConvertAll(states, s => (short)Parse<SlaState>(s, "sla")));
        }

        if (Given(Reply) is { Length: > 0 } replies)
        {
            // As numbers, so that the index over the few that have one can serve.
            sql.Append(" and d.reply_state in (").AppendJoin(", ", replies.SelectMany(ReplyStates).Distinct().Select(s => (int)s)).Append(") and i.status not in (2, 3)");
        }

        if (Filtered is { } filtered)
        {
            sql.Append(filtered ? " and d.filtered_by is not null and i.status = 3" : " and d.filtered_by is null");
        }
    }

    private delegate void AndAnyOf(string column, Guid[] values);

    /// <summary>Adds the place after which the page starts.</summary>
    internal string After(NpgsqlCommand command)
    {
        if (string.IsNullOrEmpty(Cursor))
        {
            return "";
        }

        var (key, id) = DecodeCursor(Order, Cursor);
        command.Parameters.AddWithValue(Order switch { InboxSort.Newest => new DateTime(key, DateTimeKind.Utc), InboxSort.Urgent => BitConverter.Int64BitsToDouble(key), _ => (object)key });
        command.Parameters.AddWithValue(id);
        var n = command.Parameters.Count;
        return $" and ({SortColumn}, i.id) < (${n - 1}, ${n})";
    }

    internal string SortColumn => Order switch { InboxSort.Newest => "i.published_at", InboxSort.Urgent => "i.urgency", InboxSort.Reach => "coalesce(i.reach, 0)", _ => MentionView.Sighted };

    /// <summary>What has no place in the order asked for is left out.</summary>
    internal string InOrder => Order switch { InboxSort.Urgent => " and i.status <= 1", InboxSort.Sightings => " and d.sightings > 1 and i.story_id is null", _ => "" };

    internal static string EncodeCursor(InboxSort order, MentionView last)
    {
        var key = order switch { InboxSort.Newest => last.PublishedAt.UtcTicks, InboxSort.Urgent => BitConverter.DoubleToInt64Bits(last.Urgency), InboxSort.Reach => last.Reach ?? 0, _ => last.Sightings };
        return WebEncoders.Base64UrlEncode([(byte)order, .. BitConverter.GetBytes(key), .. last.Id.ToByteArray()]);
    }

    // Urgency is negative for what was published before 2020.
    private static (long Key, Guid Id) DecodeCursor(InboxSort order, string cursor)
    {
        try
        {
            var bytes = WebEncoders.Base64UrlDecode(cursor);
            return bytes.Length == 25 && bytes[0] == (byte)order && BitConverter.ToInt64(bytes, 1) is var key && (order != InboxSort.Newest || (key >= 0 && key <= DateTime.MaxValue.Ticks))
                ? (key, new Guid(bytes.AsSpan(9)))
                : throw new FormatException();
        }
        catch (FormatException)
        {
            throw RuleViolation.Invalid("cursor", "cursor_invalid", "The cursor is not one of ours, or of another order. Start again without it.");
        }
    }

    private static ReplyState[] ReplyStates(string asked) => asked switch
    {
        "failed" => [ReplyState.Unknown, ReplyState.Refused],
        "underWay" => [ReplyState.UnderWay],
        _ => throw RuleViolation.Invalid("reply", "value_unknown", "reply takes failed, underWay."),
    };

    // What is left empty filters nothing.
    internal static string[] Given(string[]? values) => Array.FindAll(values ?? [], v => !string.IsNullOrEmpty(v));

    private static string Code(string language) => language.Length is 2 or 3 && language.All(char.IsAsciiLetter)
        ? language.ToLowerInvariant()
        : throw RuleViolation.Invalid("language", "value_unknown", "language takes codes of two or three letters, such as ru; und for mentions whose language is not known.");

    // By name only: numbers are nobody's business, and of several names at once the enum would make another value.
    internal static T Parse<T>(string text, string field)
        where T : struct, Enum => text.All(char.IsAsciiLetter) && Enum.TryParse<T>(text, ignoreCase: true, out var value)
            ? value
            : throw RuleViolation.Invalid(field, "value_unknown", $"{field} takes {string.Join(", ", Enum.GetNames<T>().Select(JsonNamingPolicy.CamelCase.ConvertName))}{(field == "sentiment" ? ", unscored" : "")}.");
}
