using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Npgsql;
using Serm.Defaults;
using Serm.Ingest.Connectors;
using Serm.Ingest.Connectors.Feed;
using Serm.Ingest.Replies;

namespace Serm.Ingest.Sources;

/// <summary>What every source endpoint needs.</summary>
internal sealed record SourceDesk(IDocumentSession Session, NpgsqlDataSource DataSource, OutboundGuard Guard, ConnectorBook Book, Credentials Credentials, IOptions<PollOptions> Polling, Caller Caller, TimeProvider Clock, HttpResponse Response)
{
    /// <summary>The source as the API shows it, with its ETag.</summary>
    public async Task<SourceView> ViewAsync(Guid id, CancellationToken cancellationToken)
    {
        var view = (await SourceView.LoadAsync(DataSource, Caller.Workspace, id, Clock.GetUtcNow(), cancellationToken)).SingleOrDefault() ?? throw RuleViolation.NotFound("source");
        Response.Headers.ETag = $"\"{view.Version}\"";
        return view;
    }
}

/// <summary>Sources over HTTP.</summary>
internal static class SourceEndpoints
{
    private const int MaxSources = 10_000;
    private const int MostTries = 5;
    private static readonly Guid Adding = new("6b1f6c52-0c0e-4b06-9f0f-6f6f3f1f5a27");
    private static readonly Role[] Readers = [Role.Integrator, Role.Moderator, Role.Manager];

    public static void MapSources(this IEndpointRouteBuilder app)
    {
        var sources = app.MapGroup("/api/sources").WithTags("Sources");
        sources.MapGet("", List).WithName("ListSources").WithSummary("All sources with their health").RequireRole(Readers);
        sources.MapPost("discover", DiscoverFeeds.RunAsync).WithName("DiscoverFeeds").WithSummary("The feeds of a page").RequireRole(Role.Manager);
        sources.MapGet("kinds", Kinds).WithName("ListSourceKinds").WithSummary("All kinds of sources, with what each takes").RequireRole(Readers);
        sources.MapGet("leftovers", ReadLeftovers.RunAsync).WithName("ListLeftovers").WithSummary("What sources have left at their networks and is still to be taken back").RequireRole(Readers);
        sources.MapPost("test", TestSource.RunAsync).WithName("TestSource").WithSummary("Read a source once without adding it").RequireRole(Role.Manager);
        sources.MapGet("{id:guid}/budget", ReadBudget.RunAsync).WithName("GetSourceBudget").WithSummary("Limits of a source, and which query spends what").RequireRole(Readers);
        sources.MapGet("{id:guid}/replying", ReadReplying.RunAsync).WithName("GetSourceReplying").WithSummary("Whether mentions of a source can be answered through it").RequireRole(Role.Moderator, Role.Manager);
        sources.MapPost("", AddAsync).WithName("AddSource").WithSummary("Add a source; it is read at once").RequireRole(Role.Manager);
        sources.MapGet("{id:guid}", One).WithName("GetSource").WithSummary("One source").RequireRole(Readers);
        sources.MapPut("{id:guid}", ChangeAsync).WithName("ChangeSource").WithSummary("Change, pause or resume a source").TakesVersion(required: false).RequireRole(Role.Manager);
        sources.MapDelete("{id:guid}", RemoveAsync).WithName("RemoveSource").WithSummary("Remove a source; its mentions stay").RequireRole(Role.Manager);
        sources.MapPost("{id:guid}/read", ReadAsync).WithName("ReadSource").WithSummary("Read a source now").RequireRole(Role.Manager);
        sources.MapGet("{id:guid}/gaps", GapsAsync).WithName("ListSourceGaps").WithSummary("When a source was blind, newest first").RequireRole(Readers);
    }

    private static async Task<Ok<List<SourceView>>> List([AsParameters] SourceDesk desk, CancellationToken ct) =>
        TypedResults.Ok(await SourceView.LoadAsync(desk.DataSource, desk.Caller.Workspace, null, desk.Clock.GetUtcNow(), ct));

    /// <summary>All kinds, in a language.</summary>
    /// <param name="language">Two letters: names and help are in it where there are texts of it (<c>ru</c>), and in English otherwise.</param>
    private static Ok<IReadOnlyList<SourceKind>> Kinds(ConnectorBook book, string? language) => TypedResults.Ok<IReadOnlyList<SourceKind>>([.. book.All.Select(c => KindTexts.In(SourceKind.Of(c), language))]);

    private static async Task<Ok<SourceView>> One(Guid id, [AsParameters] SourceDesk desk, CancellationToken ct) => TypedResults.Ok(await desk.ViewAsync(id, ct));

    private static async Task<Created<SourceView>> AddAsync(AddSourceRequest body, [AsParameters] SourceDesk desk, CancellationToken ct)
    {
        var wish = SourceRequest.Check(body, desk.Book);
        await SourceRequest.RequirePublicAsync(wish.Url, desk.Guard, ct);
        // Of two who add the same at once the second one sees the first.
        await desk.Session.HoldAsync([Adding], ct);
        await RequireNewAsync(desk, body.Kind!, wish, wish.Secrets, null, ct);
        var now = desk.Clock.GetUtcNow();
        SourceRequest.RequireAhead(wish, null, now);
        var source = await SourceLog.ApplyAsync(desk.Session, Guid.CreateVersion7(now), s => SourceDecider.Add(s, body.Kind!, wish, desk.Caller.User, now), KeepSecrets(desk, wish), ct);
        return TypedResults.Created($"/api/sources/{source.Id}", await desk.ViewAsync(source.Id, ct));
    }

    private static async Task<Ok<SourceView>> ChangeAsync(Guid id, ChangeSourceRequest body, HttpRequest request, [AsParameters] SourceDesk desk, CancellationToken ct)
    {
        var source = await SourceLog.LoadAsync(desk.Session, id, ct);
        if (source.Version == 0 || source.Removed)
        {
            throw RuleViolation.NotFound("source");
        }

        if (request.Headers.IfMatch.Count > 0 && request.RequiredVersion() != source.Version)
        {
            throw RuleViolation.Stale(source.Version);
        }

        var secrets = body.Credentials is null && body.Options is null ? null : await desk.Credentials.SecretsAsync(desk.Caller.Workspace, id, ct);
        var wish = SourceRequest.Check(body, source, desk.Book, secrets);
        if (wish.Url is not null && wish.Url != source.Url)
        {
            await SourceRequest.RequirePublicAsync(wish.Url, desk.Guard, ct);
        }

        if (BringsOther(desk.Book.Find(source.Kind)?.Card, source, wish, secrets))
        {
            await RequireNewAsync(desk, source.Kind, wish, wish.Secrets ?? secrets, id, ct);
        }

        var now = desk.Clock.GetUtcNow();
        SourceRequest.RequireAhead(wish, source, now);
        var view = await desk.ViewAsync(id, ct);
        var also = KeepSecrets(desk, wish) + await LeaveAsync(desk, source, wish.Secrets, now, ct);
        await ApplyAsync(desk, id, request.Headers.IfMatch.Count == 0, s => SourceDecider.Change(s, wish, desk.Caller.User, now, view.LastGoodAt, Guid.CreateVersion7(now)), also, ct);
        return TypedResults.Ok(await desk.ViewAsync(id, ct));
    }

    private static async Task<NoContent> RemoveAsync(Guid id, [AsParameters] SourceDesk desk, CancellationToken ct)
    {
        var now = desk.Clock.GetUtcNow();
        var also = await LeaveAsync(desk, await SourceLog.LoadAsync(desk.Session, id, ct), null, now, ct);
        await ApplyAsync(desk, id, anyVersion: true, s => SourceDecider.Remove(s, desk.Caller.User, now), also, ct);
        return TypedResults.NoContent();
    }

    private static async Task<Accepted<SourceView>> ReadAsync(Guid id, [AsParameters] SourceDesk desk, CancellationToken ct)
    {
        var view = await desk.ViewAsync(id, ct);
        if (view.Url is null || view.State == SourceState.Paused)
        {
            throw new RuleViolation("source_not_read", view.Url is not null ? "The source is paused. Resume it first." : "This source is not read: its owner pushes.");
        }

        await using var command = desk.DataSource.CreateCommand("update ingest.cursors set due_at = '-infinity', lease = null, lease_until = null where workspace = $1 and source_id = $2 and due_at < 'infinity'");
        command.Parameters.Add(new() { Value = desk.Caller.Workspace });
        command.Parameters.Add(new() { Value = id });
        await command.ExecuteNonQueryAsync(ct);
        return TypedResults.Accepted($"/api/sources/{id}", await desk.ViewAsync(id, ct));
    }

    private static async Task<Ok<List<Gap>>> GapsAsync(Guid id, [AsParameters] SourceDesk desk, CancellationToken ct)
    {
        var events = await desk.Session.Events.FetchStreamAsync(id, token: ct);
        return events is not [{ Data: SourceAdded }, ..] ? throw RuleViolation.NotFound("source") : TypedResults.Ok(SourceGaps.Of(events.Select(e => e.Data)));
    }

    // The reader writes what becomes of a source too: who did not say which version they saw has seen none of that.
    private static async Task ApplyAsync(SourceDesk desk, Guid id, bool anyVersion, Func<Source, IReadOnlyList<object>> decide, Action<IDocumentSession, Source>? also, CancellationToken ct)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await SourceLog.ApplyAsync(desk.Session, id, decide, also, ct);
                return;
            }
            catch (JasperFx.ConcurrencyException) when (anyVersion && tries < MostTries)
            {
                desk.Session.EjectAllPendingChanges();
            }
        }
    }

    // A read that is under way has ended when its lease is over: not before can what it left be taken back for good.
    private static async Task<Action<IDocumentSession, Source>?> LeaveAsync(SourceDesk desk, Source before, string? newSecrets, DateTimeOffset now, CancellationToken ct)
    {
        if (desk.Book.Find(before.Kind) is not ITakesBack connector)
        {
            return null;
        }

        var box = await desk.Credentials.SealedAsync(desk.Caller.Workspace, before.Id, ct);
        var settings = desk.Credentials.Open(desk.Caller.Workspace, before, box);
        return (session, after) =>
        {
            var next = newSecrets is null ? desk.Credentials.Open(desk.Caller.Workspace, after, box) : Settings.Of(after.Options, newSecrets);
            if (Leftover.Is(connector, (before, settings), (after, next)))
            {
                LeftoverTable.Queue(session, new(desk.Caller.Workspace, before, box, settings.Bucket(connector.Card), now, 0), now.AddSeconds(desk.Polling.Value.LeaseSeconds));
            }
        };
    }

    private static Action<IDocumentSession, Source>? KeepSecrets(SourceDesk desk, SourceWish wish) =>
        wish.Secrets is { } secrets ? (session, source) => desk.Credentials.Queue(session, source.Id, secrets) : null;

    private static bool BringsOther(ConnectorCard? card, Source source, SourceWish wish, string? secrets) => source.Kind == Source.FeedKind
        ? !FeedLinks.AreSame(source.Url, wish.Url)
        : card is not null && wish.Options is not null && (wish.Url != source.Url || !Settings.Of(source.Options, secrets).BringTheSame(Settings.Of(wish.Options, wish.Secrets ?? secrets), card));

    // Every source is read for all brands. Other credentials may see something else: another bot, another account.
    private static async Task RequireNewAsync(SourceDesk desk, string kind, SourceWish wish, string? secrets, Guid? except, CancellationToken ct)
    {
        var all = await SourceView.LoadAsync(desk.DataSource, desk.Caller.Workspace, null, desk.Clock.GetUtcNow(), ct);
        foreach (var other in all.Where(s => s.Kind == kind && s.Id != except))
        {
            if (kind == Source.FeedKind ? FeedLinks.AreSame(other.Url, wish.Url) || FeedLinks.AreSame(other.Identity, wish.Url) : await IsSameAsync(other))
            {
                throw new RuleViolation(
                    "source_exists",
                    $"The source \"{other.Name}\" reads this already, for all brands.",
                    field: kind == Source.FeedKind ? "url" : "options",
                    extensions: new Dictionary<string, object?>(StringComparer.Ordinal) { ["id"] = other.Id });
            }
        }

        if (except is null && all.Count >= MaxSources)
        {
            throw new RuleViolation("too_many_sources", $"A workspace has at most {MaxSources:N0} sources. Remove one first.");
        }

        async Task<bool> IsSameAsync(SourceView other) => other.Url == wish.Url && desk.Book[kind].Card is var card
            && Settings.Of(other.OptionsText, null).BringTheSame(Settings.Of(wish.Options, null), card)
            && Settings.Of(other.OptionsText, await desk.Credentials.SecretsAsync(desk.Caller.Workspace, other.Id, ct)).BringTheSame(Settings.Of(wish.Options, secrets), card);
    }
}
