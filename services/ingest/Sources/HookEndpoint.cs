using System.Diagnostics;
using System.Text.Json;
using Npgsql;
using Serm.Defaults;
using Serm.Ingest.Connectors;
using Serm.Ingest.Posts;
using Serm.Ingest.WebSub;

namespace Serm.Ingest.Sources;

/// <summary>What a hook needs.</summary>
internal sealed record HookDesk(NpgsqlDataSource DataSource, ConnectorBook Book, Credentials Credentials, PostIntake Intake, HubCalls Hubs, TimeProvider Clock);

/// <summary>Calls of networks at <c>/hooks/{source}</c>. Answered once what they carry is safe, so that a network that gets no answer calls again. Who calls is known by the network's own signature or secret.</summary>
internal static class HookEndpoint
{
    private const int MaxBody = 4 * 1024 * 1024;

    // A body that trickles in would hold its memory for hours.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static void MapHooks(this IEndpointRouteBuilder app) => app.MapMethods("/hooks/{id:guid}", ["GET", "POST"], RunAsync)
        .WithTags("Sources")
        .WithName("NetworkCalls")
        .WithSummary("Called by networks, in each network's own form")
        .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(MaxBody));

    private static async Task<IResult> RunAsync(Guid id, HttpRequest request, [AsParameters] HookDesk desk, CancellationToken ct)
    {
        if (await LoadAsync(desk, id, ct) is not var (workspace, source, cursor, box) || desk.Book.Find(source.Kind) is not { } hook || hook is not (IWebhook or IPushed))
        {
            return Results.NotFound();
        }

        // Only now: whoever knows no source is not listened to.
        var call = await CallAsync(request, ct);
        var now = desk.Clock.GetUtcNow();
        var answer = hook is IPushed pushed ? await desk.Hubs.ReceiveAsync(pushed, source, call, now, ct) : ((IWebhook)hook).Receive(call, desk.Credentials.Open(workspace, source, box), now);
        switch (answer)
        {
            case HookAnswer.Challenge challenge:
                return Results.Text(challenge.Text);
            case HookAnswer.Refused refused:
                return Results.Problem(statusCode: refused.Status, title: "Refused", extensions: new Dictionary<string, object?>(StringComparer.Ordinal) { ["code"] = refused.Code });
            case HookAnswer.Taken taken:
                // A paused source answers, or the network would give the hook up; what it brings is in its gap.
                if (!source.Paused && !(taken.EventId is { } known && await IsKnownAsync(desk, id, known, ct)))
                {
                    await TakeAsync(desk, hook, workspace, source, cursor, taken, now, ct);
                }

                return Results.Text(taken.Text);
            case var other:
                throw new InvalidOperationException($"Unknown answer {other.GetType().Name}.");
        }
    }

    private static async Task TakeAsync(HookDesk desk, IConnector hook, string workspace, Source source, SourceCursor cursor, HookAnswer.Taken taken, DateTimeOffset now, CancellationToken ct)
    {
        using var activity = Tracing.Source.StartActivity("source.hook") ?? new Activity("source.hook").Start();
        activity.SetTag("serm.source", source.Id);
        var intake = TakePage.OfPage(hook, workspace, source, taken.Page, now, post => taken.Page.Replay || post.PublishedAt < source.CreatedAt.AddHours(-1));
        await desk.Intake.TakeAsync(
            intake,
            async (session, posts) =>
            {
                if (taken.EventId is { } eventId)
                {
                    session.QueueSqlCommand('^', "insert into ingest.hook_events (source_id, event_id, at) values (^, ^, ^) on conflict do nothing", source.Id, NetworkPosts.Id(eventId), now.ToUniversalTime());
                }

                ItemChecks.QueueNamed(session, source.Id, [.. taken.Page.Named.Select(NetworkPosts.Id)], now);
                if (taken.Page.More || taken.Page.Named.Count > 0)
                {
                    session.QueueSqlCommand('^', "update ingest.cursors set due_at = least(due_at, ^) where workspace = ^ and source_id = ^", now.ToUniversalTime(), workspace, source.Id);
                }

                // A source that is also read keeps its cursor to the reader.
                session.QueueSqlCommand(
                    '^',
                    "update ingest.cursors set state = state || ^::jsonb where workspace = ^ and source_id = ^ and lease is null",
                    JsonSerializer.Serialize(new { lastGoodAt = now, itemsSeen = cursor.ItemsSeen + posts.Count }, SourceLog.Json),
                    workspace,
                    source.Id);
                if (source is { Url: null, Gap: not null })
                {
                    // Nothing reads it: the call says that it sees.
                    await SourceLog.ApplyAsync(session, source.Id, s => SourceDecider.SawAgain(s, null, null, caughtUp: true, backfilled: false, now), null, ct);
                }
                else
                {
                    await session.SaveChangesAsync(ct);
                }
            },
            ct);
    }

    private static async Task<HookCall> CallAsync(HttpRequest request, CancellationToken ct)
    {
        using var body = new MemoryStream();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        try
        {
            await request.Body.CopyToAsync(body, patience.Token);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new BadHttpRequestException($"The body did not arrive within {Patience.TotalSeconds:0} s.", StatusCodes.Status408RequestTimeout, e);
        }

        return new(
            request.Method,
            request.Query.ToDictionary(q => q.Key, q => q.Value.ToString(), StringComparer.Ordinal),
            request.Headers.ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value.ToString(), StringComparer.Ordinal),
            body.ToArray());
    }

    private static async Task<bool> IsKnownAsync(HookDesk desk, Guid id, string eventId, CancellationToken ct)
    {
        await using var command = desk.DataSource.CreateCommand("select 1 from ingest.hook_events where source_id = $1 and event_id = $2");
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = NetworkPosts.Id(eventId) });
        return await command.ExecuteScalarAsync(ct) is not null;
    }

    // The workspace is the source's own: the caller has none.
    private static async Task<(string Workspace, Source Source, SourceCursor Cursor, byte[]? Box)?> LoadAsync(HookDesk desk, Guid id, CancellationToken ct)
    {
        await using var command = desk.DataSource.CreateCommand("""
            select s.workspace, s.state, c.state, k.sealed from ingest.sources s
            left join ingest.cursors c on c.workspace = s.workspace and c.source_id = s.id
            left join ingest.credentials k on k.workspace = s.workspace and k.source_id = s.id
            where s.id = $1
            """);
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct)
            ? (reader.GetString(0), JsonSerializer.Deserialize<Source>(reader.GetString(1), SourceLog.Json)!, reader.IsDBNull(2) ? new() : JsonSerializer.Deserialize<SourceCursor>(reader.GetString(2), SourceLog.Json)!, reader.IsDBNull(3) ? null : reader.GetFieldValue<byte[]>(3))
            : null;
    }
}
