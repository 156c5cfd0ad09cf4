using System.Diagnostics.Metrics;
using System.Text.Json;
using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Serm.Defaults;
using Serm.Ingest.Sources;

namespace Serm.Ingest.Posts;

/// <summary>What the push endpoint needs.</summary>
internal sealed record IngestDesk(IDocumentStore Store, NpgsqlDataSource DataSource, PostIntake Intake, Caller Caller, TimeProvider Clock, ILoggerFactory Logs);

/// <summary>Posts from the user's own systems. A call can be repeated as often as needed: ids make it harmless.</summary>
internal static class IngestEndpoint
{
    private const long MaxBody = 32 * 1024 * 1024;

    // What was published earlier is history that somebody imports: it is counted, but wakes nobody.
    private static readonly TimeSpan Fresh = TimeSpan.FromHours(48);
    private static readonly Counter<long> Pushed = Telemetry.Meter.CreateCounter<long>("serm.posts.pushed", description: "Posts pushed by result");

    public static void MapIngest(this IEndpointRouteBuilder app) => app.MapPost("/api/ingest", RunAsync)
        .WithTags("Ingest")
        .WithName("PushPosts")
        .WithSummary("Hand in posts; answered once they are safe")
        .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(MaxBody))
        .RequireRole(Role.Integrator);

    private static async Task<Accepted<IngestAnswer>> RunAsync(IngestRequest body, [AsParameters] IngestDesk desk, CancellationToken ct)
    {
        var seenAt = desk.Clock.GetUtcNow();
        var (workspace, name) = (desk.Caller.Workspace, PushedPosts.Source(body));
        var given = PushedPosts.Of(workspace, name, body, seenAt);
        await RequireSourceAsync(desk, workspace, name, seenAt, ct);
        var posts = PushedPosts.Last(given);
        var (taken, keptOut) = await desk.Intake.TakeAsync(
            new(workspace, PushSources.IdOf(workspace, name), posts, seenAt, post => seenAt - post.PublishedAt > Fresh),
            (session, _) => session.SaveChangesAsync(ct),
            ct);
        var answer = new IngestAnswer(taken.Count, given.Count - taken.Count - keptOut, taken.Count(t => t.Post.Revision > 1), taken.Count(t => t.Brands.Count > 0), keptOut);
        Pushed.Add(answer.Accepted, new KeyValuePair<string, object?>("result", "accepted"));
        Pushed.Add(answer.Repeated, new KeyValuePair<string, object?>("result", "repeated"));
        return TypedResults.Accepted((string?)null, answer);
    }

    /// <summary>Makes sure that the source of a name is there. The row is enough to know; only the first push under it writes.</summary>
    /// <exception cref="RuleViolation">It is paused.</exception>
    public static async Task RequireSourceAsync(IngestDesk desk, string workspace, string name, DateTimeOffset now, CancellationToken ct)
    {
        await using var command = desk.DataSource.CreateCommand("select state from ingest.sources where workspace = $1 and id = $2");
        command.Parameters.Add(new() { Value = workspace });
        command.Parameters.Add(new() { Value = PushSources.IdOf(workspace, name) });
        if (await command.ExecuteScalarAsync(ct) is not string state)
        {
            await Transient.RetryAsync(c => PushSources.EnsureAsync(desk.Store, workspace, name, desk.Caller.User, now, c), desk.Logs.CreateLogger(typeof(IngestEndpoint)), ct);
        }
        else if (JsonSerializer.Deserialize<Source>(state, SourceLog.Json) is { Paused: true })
        {
            throw new RuleViolation("source_paused", $"The source \"{name}\" is paused. Resume it, then send the posts again.", field: "source");
        }
    }
}
