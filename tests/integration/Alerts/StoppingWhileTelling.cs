using System.Net;

namespace Serm.Tests.Integration.Alerts;

/// <summary>What becomes of what is just being told when the service is stopped, as at every update.</summary>
public sealed class StoppingWhileTelling(ChannelsFixture fixture) : IClassFixture<ChannelsFixture>
{
    private readonly string workspace = $"w{Guid.CreateVersion7():N}";

    [Fact]
    public async Task A_service_that_is_asked_to_stop_notes_what_receivers_take_and_nobody_is_told_twice()
    {
        await using var chat = await ChatSink.StartAsync();
        chat.Delay = TimeSpan.FromSeconds(2);
        using var added = await fixture.SendAsync(HttpMethod.Post, "/api/channels", new { kind = "slack", name = "chat", url = chat.Url }, workspace: workspace);
        added.StatusCode.ShouldBe(HttpStatusCode.Created);
        await fixture.PublishAsync([AlertsFixture.AScored(new(Guid.CreateVersion7(), "Acme"), "stop", workspace: workspace)]);
        await Eventually.AsyncTrue(_ => Task.FromResult(!chat.Got.IsEmpty), TimeSpan.FromSeconds(60), () => fixture.Stack.Alerts.LogTail(), TestContext.Current.CancellationToken);

        await fixture.Stack.Alerts.TerminateAsync(TestContext.Current.CancellationToken);
        await fixture.Stack.Alerts.StoppedAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        (await fixture.ScalarAsync($"select count(*) from alerts.notices where workspace = '{workspace}' and state = 'delivered'")).ShouldBe(1);
        chat.Got.Count.ShouldBe(1);
        await fixture.Stack.Alerts.StartAsync(TestContext.Current.CancellationToken);
    }
}
