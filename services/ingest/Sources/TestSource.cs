using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Serm.Defaults;
using Serm.Ingest.Connectors;

namespace Serm.Ingest.Sources;

/// <summary>A source to be tried.</summary>
/// <param name="Source">As for adding one.</param>
/// <param name="Id">The source of the same kind and server whose credentials count where none are given; null for a new one.</param>
public sealed record TestSourceRequest(AddSourceRequest? Source, Guid? Id = null);

/// <summary>A post that a test saw.</summary>
public sealed record SeenPost(string? Title, string Text, string? Url, string? Author, DateTimeOffset PublishedAt, string Language)
{
    private const int MaxText = 500;

    /// <summary>From a post; a long text is cut.</summary>
    internal static SeenPost Of(Contracts.Post post) => new(post.Title, post.Text.Length > MaxText ? post.Text[..MaxText] : post.Text, post.Url, post.Author?.Name ?? post.Author?.Handle, post.PublishedAt, post.Language);
}

/// <summary>How a test went.</summary>
/// <param name="Ok">The network answered with what it should.</param>
/// <param name="Code">Stable; null when <paramref name="Ok"/>.</param>
/// <param name="Message">One sentence for people; null when <paramref name="Ok"/>.</param>
/// <param name="Posts">Posts on the first page.</param>
/// <param name="Samples">The first of them.</param>
/// <param name="Milliseconds">How long it took.</param>
/// <param name="CredentialsExpireAt">When the credentials end, as far as the network or the person says.</param>
public sealed record SourceTest(bool Ok, string? Code, string? Message, int Posts, IReadOnlyList<SeenPost> Samples, long Milliseconds, DateTimeOffset? CredentialsExpireAt);

/// <summary>What a test needs.</summary>
internal sealed record TestDesk(NpgsqlDataSource DataSource, ConnectorBook Book, Credentials Credentials, NetworkGear Gear, OutboundGuard Guard, Caller Caller, TimeProvider Clock);

/// <summary>Tries a source: one page is read, nothing is stored.</summary>
internal static class TestSource
{
    private const int MaxSamples = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static async Task<Ok<SourceTest>> RunAsync(TestSourceRequest body, [AsParameters] TestDesk desk, CancellationToken ct)
    {
        var request = body.Source ?? throw RuleViolation.Invalid("source", "source_missing", "Give the source to be tested.");
        var (secrets, before) = body.Id is { } id ? await StoredAsync(desk, id, request.Kind, ct) : (null, null);
        var wish = SourceRequest.Check(request, desk.Book, secrets, before);
        await SourceRequest.RequirePublicAsync(wish.Url, desk.Guard, ct);
        var connector = desk.Book[request.Kind!];
        var now = desk.Clock.GetUtcNow();
        SourceRequest.RequireAhead(wish, null, now);
        var source = new Source(body.Id ?? Guid.Empty) { Kind = request.Kind!, Name = wish.Name, Url = wish.Url, Identity = wish.Url, Options = wish.Options, CreatedAt = now };
        var settings = Settings.Of(wish.Options, wish.Secrets);
        var client = new NetworkClient(desk.Gear, new(desk.Caller.Workspace, source.Id, settings.Bucket(connector.Card)), connector.Limits(settings), connector.Card.Headers);
        var started = desk.Clock.GetTimestamp();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        try
        {
            var page = await PageAsync(connector, new(source, settings, null, client, now), patience.Token);
            var posts = NetworkPosts.Of(connector.Card, source, page.Posts, now);
            return Answer(page.Refused?.Code, page.Refused?.Message, posts, SourceCursor.EndOf(source, page.Hints.ExpiresAt));
        }
        catch (NetworkFailure failure)
        {
            return Answer(failure.Code, failure.Message, [], null);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // A quiet stream says nothing for a while: that it let us in is all that can be known.
            return connector is IStreamed ? Answer(null, null, [], null) : Answer("timeout", $"{connector.Card.Name} took longer than {Patience.TotalSeconds:0} seconds.", [], null);
        }

        Ok<SourceTest> Answer(string? code, string? message, IReadOnlyList<Contracts.Post> posts, DateTimeOffset? expiresAt) => TypedResults.Ok(new SourceTest(
            code is null,
            code,
            message,
            posts.Count,
            [.. posts.Take(MaxSamples).Select(SeenPost.Of)],
            (long)desk.Clock.GetElapsedTime(started).TotalMilliseconds,
            expiresAt));
    }

    private static async Task<(string? Secrets, string? Options)> StoredAsync(TestDesk desk, Guid id, string? kind, CancellationToken ct)
    {
        var stored = (await SourceView.LoadAsync(desk.DataSource, desk.Caller.Workspace, id, desk.Clock.GetUtcNow(), ct)).SingleOrDefault() ?? throw RuleViolation.NotFound("source");
        return stored.Kind == kind
            ? (await desk.Credentials.SecretsAsync(desk.Caller.Workspace, id, ct), stored.OptionsText)
            : throw RuleViolation.Invalid("kind", "kind_fixed", "The source is of another kind. Leave its id out, and give the credentials.");
    }

    private static async Task<Page> PageAsync(IConnector connector, Reading reading, CancellationToken ct)
    {
        switch (connector)
        {
            case IStreamed streamed when streamed.Streams(reading.Settings):
                await foreach (var page in streamed.ListenAsync(reading, ct))
                {
                    return page;
                }

                return Page.Nothing();
            case IPulled pulled:
                return await pulled.ReadAsync(reading, ct);
            default:
                // Waits to be called: that its options are right is all that can be tried.
                return Page.Nothing();
        }
    }
}
