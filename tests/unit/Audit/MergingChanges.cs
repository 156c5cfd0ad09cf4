using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Serm.Defaults;
using Serm.Gateway.Audit;

namespace Serm.Tests.Unit.Audit;

public sealed class MergingChanges
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly string[] Services = ["ingest", "alerts", "gateway"];

    /// <summary>Changes of few moments, so that many are of the same one, dealt out among the services.</summary>
    public static Arbitrary<(int Service, int Moment, Guid Id)[]> Dealt() => Gen.Choose(0, Services.Length - 1)
        .SelectMany(_ => Gen.Choose(0, 6), (service, moment) => (service, moment))
        .SelectMany(_ => ArbMap.Default.GeneratorFor<Guid>(), (at, id) => (at.service, at.moment, id))
        .ArrayOf()
        .Select(all => all.DistinctBy(c => c.id).ToArray())
        .ToArbitrary();

    [Property(Arbitrary = [typeof(MergingChanges)], MaxTest = 300)]
    public void Page_after_page_each_change_comes_once_and_in_order((int Service, int Moment, Guid Id)[] dealt, PositiveInt limit)
    {
        var size = (limit.Get % 7) + 1;
        var kept = Services.Select((_, i) => dealt.Where(d => d.Service == i).Select(d => Made(d.Id, Noon.AddSeconds(d.Moment))).ToList()).ToList();
        var read = new List<AuditEntry>();
        string? cursor = null;
        var pages = 0;
        do
        {
            var page = AuditMerge.Page(Services.Select((s, i) => (s, Ask(kept[i], cursor, size + 1))).ToDictionary(p => p.s, IReadOnlyList<ChangeRow>? (p) => p.Item2, StringComparer.Ordinal), size);
            page.Items.Count.ShouldBeLessThanOrEqualTo(size);
            (page.NextCursor is null || page.Items.Count == size).ShouldBeTrue();
            read.AddRange(page.Items);
            cursor = page.NextCursor;
            (++pages).ShouldBeLessThan(dealt.Length + 2);
        }
        while (cursor is not null);

        read.Select(e => (e.Service, e.Id)).ShouldBe(dealt.OrderByDescending(d => d.Moment).ThenByDescending(d => d.Id.ToString(), StringComparer.Ordinal).Select(d => (Services[d.Service], d.Id)));
    }

    [Fact]
    public void A_service_that_did_not_answer_is_named_and_the_others_are_told()
    {
        var page = AuditMerge.Page(new Dictionary<string, IReadOnlyList<ChangeRow>?>(StringComparer.Ordinal) { ["ingest"] = null, ["alerts"] = [Made(Guid.CreateVersion7(), Noon)] }, 10);
        page.Missing.ShouldBe(["ingest"]);
        page.Items.ShouldHaveSingleItem().Service.ShouldBe("alerts");
        page.NextCursor.ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("YQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("=?/&")]
    public void A_cursor_of_another_list_is_refused(string cursor) =>
        Should.Throw<RuleViolation>(() => AuditReader.Checked(new(Cursor: cursor.Length == 0 ? " " : cursor))).Code.ShouldBe("cursor_invalid");

    [Theory]
    [InlineData(0)]
    [InlineData(201)]
    public void A_page_has_one_to_two_hundred(int limit) => Should.Throw<RuleViolation>(() => AuditReader.Checked(new(Limit: limit))).Field.ShouldBe("limit");

    [Fact]
    public void What_is_not_known_is_refused_and_not_answered_with_nothing()
    {
        Should.Throw<RuleViolation>(() => AuditReader.Checked(new(Kind: ["brand", "brand.renamed"]))).Field.ShouldBe("kind");
        Should.Throw<RuleViolation>(() => AuditReader.Checked(new(By: [new string('a', 201)]))).Field.ShouldBe("by");
        Should.Throw<RuleViolation>(() => AuditReader.Checked(new(By: ["a\0"]))).Field.ShouldBe("by");
        Should.Throw<RuleViolation>(() => AuditReader.Checked(new(About: new string('a', 201)))).Field.ShouldBe("about");
        Should.Throw<RuleViolation>(() => AuditReader.Checked(new(From: Noon, To: Noon.AddDays(-1)))).Field.ShouldBe("from");
        AuditReader.Checked(new(Kind: ["brand", "rule.changed"])).Query.Limit.ShouldBe(AuditReader.Usual + 1);
        AuditReader.Checked(new(Limit: 200)).Query.Limit.ShouldBe(ChangeRows.Most);
    }

    [Fact]
    public void In_a_table_each_value_has_a_line_and_nothing_is_a_formula()
    {
        AuditEntry[] items =
        [
            new(Guid.Empty, Noon, "=cmd()", "ingest", "brand.changed", new("b1", "+Acme"), [new("name", "@old", "Acme"), new("query", null, "-a")], null),
            new(Guid.Empty, Noon, "ana", "gateway", "user.signed_in", new("u1", "ana"), [], null),
        ];
        var lines = AuditTable.Of(items).TrimStart(Csv.Mark).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        lines.ShouldBe(
        [
            "id,at,by,service,kind,aboutId,about,field,before,after,secret",
            $"{Guid.Empty},2026-11-01 12:00:00,'=cmd(),ingest,brand.changed,b1,'+Acme,name,'@old,Acme,false",
            $"{Guid.Empty},2026-11-01 12:00:00,'=cmd(),ingest,brand.changed,b1,'+Acme,query,,'-a,false",
            $"{Guid.Empty},2026-11-01 12:00:00,ana,gateway,user.signed_in,u1,ana,,,,",
        ]);
    }

    // As a service answers.
    private static List<ChangeRow> Ask(List<ChangeRow> kept, string? cursor, int limit)
    {
        var behind = cursor is null ? ((DateTimeOffset At, Guid Id)?)null : AuditMerge.Decode(cursor);
        return [.. kept.OrderByDescending(c => c.At).ThenByDescending(c => c.Id.ToString(), StringComparer.Ordinal)
            .Where(c => behind is not { } b || c.At < b.At || (c.At == b.At && string.CompareOrdinal(c.Id.ToString(), b.Id.ToString()) < 0)).Take(limit)];
    }

    private static ChangeRow Made(Guid id, DateTimeOffset at) => new(id, at, "ana", "brand.changed", "b", "B", []);
}
