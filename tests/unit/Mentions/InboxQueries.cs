using System.Text.Json;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;
using Serm.Mentions;

namespace Serm.Tests.Unit.Mentions;

public sealed class InboxQueries
{
    private static readonly Guid Id = new("11111111-1111-5111-8111-111111111111");

    private static InboxQuery Query(string? sort = null, string? cursor = null, string[]? status = null, string[]? sentiment = null, string[]? severity = null, string[]? sla = null, string[]? language = null) =>
        new(null, null, sentiment, status, language, null, null, null, null, sort, cursor, null, Severity: severity, Sla: sla);

    private static MentionView Last(DateTimeOffset published, double urgency) =>
        JsonSerializer.Deserialize<MentionView>(JsonSerializer.Serialize(new { id = Id, publishedAt = published, urgency }), JsonSerializerOptions.Web)!;

    private static object?[] After(InboxQuery query)
    {
        using var command = new NpgsqlCommand();
        query.After(command).ShouldNotBeEmpty();
        return [.. command.Parameters.Select(p => p.Value)];
    }

    private static object?[] Asked(InboxQuery query)
    {
        using var command = new NpgsqlCommand();
        query.Where(command, "ana");
        return [.. command.Parameters.Select(p => p.Value)];
    }

    [Theory]
    [InlineData(2264.1)]
    [InlineData(0)]
    [InlineData(-731.25)]
    [InlineData(-36524.5)]
    public void The_next_page_begins_after_the_last_of_this_one_however_old_it_is(double urgency) =>
        After(Query("urgent", InboxQuery.EncodeCursor(InboxSort.Urgent, Last(default, urgency)))).ShouldBe([urgency, Id]);

    [Theory]
    [InlineData("2026-03-01T12:00:00.1234567Z")]
    [InlineData("0001-01-01T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59.9999999Z")]
    public void By_time_too(string published)
    {
        var at = DateTimeOffset.Parse(published, System.Globalization.CultureInfo.InvariantCulture);

        After(Query(cursor: InboxQuery.EncodeCursor(InboxSort.Newest, Last(at, 0)))).ShouldBe([at.UtcDateTime, Id]);
    }

    [Fact]
    public void Answers_that_failed_are_found_through_their_index_and_nothing_else_is_taken_for_one()
    {
        static string Sql(params string[] reply)
        {
            using var command = new NpgsqlCommand();
            return (Query() with { Reply = reply }).Where(command, "ana");
        }

        Sql("failed").ShouldContain(" and d.reply_state in (1, 2) and i.status not in (2, 3)");
        Sql("underWay", "failed").ShouldContain("d.reply_state in (0, 1, 2)");
        Sql().ShouldNotContain("reply_state");
        Should.Throw<RuleViolation>(() => Sql("1) or (1 = 1")).Field.ShouldBe("reply");
    }

    [Fact]
    public void A_time_that_ends_before_it_begins_is_refused_and_says_so()
    {
        var begin = new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
        var refused = Should.Throw<RuleViolation>(() => Asked(Query() with { From = begin, To = begin.AddSeconds(-1) }));
        (refused.Status, refused.Field, refused.Code).ShouldBe((400, "from", "out_of_range"));
        Asked(Query() with { From = begin, To = begin }).Length.ShouldBe(2);
        Asked(Query() with { From = begin }).Length.ShouldBe(1);
    }

    [Theory]
    [InlineData("newest", 2264.1)]
    [InlineData("newest", -731.25)]
    public void A_cursor_of_another_order_is_refused(string sort, double urgency) =>
        Should.Throw<RuleViolation>(() => After(Query(sort, InboxQuery.EncodeCursor(InboxSort.Urgent, Last(default, urgency))))).Code.ShouldBe("cursor_invalid");

    [Theory]
    [InlineData("")]
    [InlineData("AAAA")]
    [InlineData("????")]
    [InlineData("_________3___________________________")]
    [InlineData("AP_________________________________")]
    public void What_is_no_cursor_is_refused(string cursor)
    {
        foreach (var sort in new[] { "newest", "urgent" })
        {
            if (cursor.Length > 0)
            {
                Should.Throw<RuleViolation>(() => After(Query(sort, cursor))).Code.ShouldBe("cursor_invalid");
            }
        }
    }

    [Theory]
    [InlineData("resolved,claimed")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1")]
    [InlineData(" new")]
    [InlineData("gone")]
    public void A_status_that_is_none_is_refused_and_not_guessed(string status) =>
        Should.Throw<RuleViolation>(() => Asked(Query(status: [status]))).ShouldSatisfyAllConditions(e => e.Code.ShouldBe("value_unknown"), e => e.Field.ShouldBe("status"));

    [Fact]
    public void A_value_that_is_none_is_answered_with_those_that_there_are_as_they_are_written() =>
        Should.Throw<RuleViolation>(() => Asked(Query(sla: ["late"]))).Message.ShouldBe("sla takes running, dueSoon, breached, met, paused.");

    [Fact]
    public void So_are_other_values_by_name()
    {
        Should.Throw<RuleViolation>(() => Asked(Query(sentiment: ["neutral,positive"]))).Field.ShouldBe("sentiment");
        Should.Throw<RuleViolation>(() => Asked(Query(severity: ["low,high"]))).Field.ShouldBe("severity");
        Should.Throw<RuleViolation>(() => Asked(Query(sla: ["running, met"]))).Field.ShouldBe("sla");
        Should.Throw<RuleViolation>(() => Asked(Query(language: ["german"]))).Field.ShouldBe("language");
        Should.Throw<RuleViolation>(() => Asked(Query(language: ["d\0"]))).Field.ShouldBe("language");
        Should.Throw<RuleViolation>(() => Query("newest,urgent").Order).Field.ShouldBe("sort");
    }

    [Fact]
    public void A_filter_without_a_value_filters_nothing()
    {
        Asked(Query(status: [""], sentiment: [""], severity: [""], sla: [""], language: [""])).ShouldBeEmpty();
        Asked(Query(status: ["", "dueSoon"[..0], "Waiting"])).ShouldBe([(short)MentionStatus.Waiting]);
        Asked(Query(sentiment: ["unscored", "Negative"])).ShouldBe([new short[] { 3, 0 }]);
    }
}
