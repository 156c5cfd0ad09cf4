using System.Reflection;
using System.Text;
using System.Text.Json;
using MassTransit;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Tests.Unit.Batches;

public sealed class BulkTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_is_packed_is_read_again_in_order_and_whole()
    {
        var sent = Enumerable.Range(0, 500).Select(i => (Guid.CreateVersion7(), Message: Found($"post-{i}", "Слово 😡 \"quoted\" <b>"))).ToList();

        var read = Packing.Pack(sent).SelectMany(b => Read<MentionFound>(b.Bulk).Items).ToList();

        read.ShouldBe(sent.ConvertAll(s => s.Message));
    }

    [Fact]
    public void A_bulk_is_bounded_by_number_and_by_size()
    {
        Packing.Pack(Enumerable.Range(0, 450).Select(i => (Guid.CreateVersion7(), Found($"{i}", "short")))).Count.ShouldBe(5);
        Packing.Pack(Enumerable.Range(0, 10).Select(i => (Guid.CreateVersion7(), Found($"{i}", new string('x', 100_000))))).Count.ShouldBe(10);
        Packing.Pack(Array.Empty<(Guid, MentionFound)>()).ShouldBeEmpty();
    }

    [Fact]
    public void Each_contract_has_bulks_of_its_own()
    {
        var gap = new SourceGapChanged(Guid.CreateVersion7(), "main", Guid.Empty, "s", Guid.Empty, At, null, "timeout");

        var bulks = Packing.Pack<object>([(Guid.CreateVersion7(), Found("a", "x")), (Guid.CreateVersion7(), gap), (Guid.CreateVersion7(), Found("b", "y"))]);

        bulks.Select(b => b.Bulk.GetType()).ShouldBe([typeof(Bulk<MentionFound>), typeof(Bulk<SourceGapChanged>)]);
        Read<SourceGapChanged>(bulks[1].Bulk).Items.ShouldBe([gap]);
    }

    [Fact]
    public void The_same_messages_have_the_same_id_and_others_another()
    {
        var (a, b) = ((Guid.CreateVersion7(), Found("a", "x")), (Guid.CreateVersion7(), Found("b", "y")));

        Packing.Pack([a, b])[0].Id.ShouldBe(Packing.Pack([a, b])[0].Id);
        Packing.Pack([a])[0].Id.ShouldBe(a.Item1);
        Packing.Pack([b, a])[0].Id.ShouldNotBe(Packing.Pack([a, b])[0].Id);
    }

    [Fact]
    public void A_member_that_cannot_be_read_is_set_apart_from_its_neighbours()
    {
        var good = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(Found("a", "x"), BulkJson.Options)));
        var json = $$$"""{"later":{"x":[1]},"items":[{{{good}}},{"workspace":5},{{{good}}},null,{"workspace":"main","unknown":[{}],"mentionId":"{{{Guid.Empty}}}"}]}""";

        var bulk = JsonSerializer.Deserialize<Bulk<MentionFound>>(json)!;

        bulk.Items.Count.ShouldBe(3);
        bulk.Unreadable.Select(u => Encoding.UTF8.GetString(u.Json)).ShouldBe(["{\"workspace\":5}", "null"]);
        Read<MentionFound>(Packing.Alone<MentionFound>(bulk.Unreadable[0])).Unreadable.Count.ShouldBe(1);
    }

    [Fact]
    public void Off_the_bus_too_its_neighbours_are_read()
    {
        var good = JsonSerializer.Serialize(Found("a", "x"), BulkJson.Options);

        foreach (var bad in new[] { "null", "{\"workspace\":5}" })
        {
            var bulk = (Bulk<MentionFound>)BulkReader.Read(typeof(Bulk<MentionFound>), Encoding.UTF8.GetBytes($"[{good},{bad},{good}]"));

            bulk.Items.Count.ShouldBe(2);
            bulk.Items.ShouldAllBe(i => i != null);
            bulk.Unreadable.Select(u => Encoding.UTF8.GetString(u.Json)).ShouldBe([bad]);
        }
    }

    private static Bulk<T> Read<T>(object bulk)
        where T : class => (Bulk<T>)BulkReader.Read(typeof(Bulk<T>), ((IPacked)bulk).Json.ToArray());

    [Fact]
    public async Task Nobody_waits_for_a_confirm_that_never_comes_longer_than_was_said()
    {
        using var stop = new CancellationTokenSource();
        var publishing = DispatchProxy.Create<IPublishEndpoint, DeafEndpoint>().PublishAllAsync([(Guid.CreateVersion7(), Found("a", "x"))], stop.Token);
        publishing.IsCompleted.ShouldBeFalse();

        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(publishing.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
    }

    private static MentionFound Found(string id, string text) => new(
        "main", Guid.CreateVersion7(), new(Guid.Empty, "Acme"),
        new("push", Guid.Empty, "tests", id, null, null, text, new("a", "b", Followers: 7), At, "en", 0.5, null, null, 1, "00"), At, At);
}

/// <summary>Takes what is published, confirms nothing and hears no token, as a connection that broke off can.</summary>
public class DeafEndpoint : DispatchProxy
{
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => new TaskCompletionSource().Task;
}
