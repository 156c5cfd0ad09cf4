using System.Net;

namespace Serm.Tests.Integration.Alerts;

/// <summary>The alerts service with short leases, so that a dead process is soon taken over.</summary>
public sealed class ChannelsFixture : AlertsFixture
{
    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>(StringComparer.Ordinal) { ["Channels__LeaseSeconds"] = "3", ["Alerts__WatchSeconds"] = "1", ["TZ"] = "Asia/Tokyo", ["Alerts__PublicUrl"] = "https://serm.example" };

    /// <summary>Acknowledges, resolves or reopens the newest incident. That somebody was told is written down as well, and may come in between.</summary>
    public async Task ActAsync(string verb, string workspace) => (await Eventually.Async(
        async _ =>
        {
            var incident = (await GetAsync("/api/incidents?status=open&status=acknowledged&status=resolved", workspace)).GetProperty("items")[0];
            using var answer = await SendAsync(HttpMethod.Post, $"/api/incidents/{incident.GetProperty("id").GetGuid()}/{verb}", version: $"\"{incident.GetProperty("version").GetInt32()}\"", workspace: workspace);
            return answer.StatusCode;
        },
        s => s != HttpStatusCode.PreconditionFailed,
        TimeSpan.FromSeconds(60),
        TestContext.Current.CancellationToken)).ShouldBe(HttpStatusCode.OK);
}
