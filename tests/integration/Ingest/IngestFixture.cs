using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MassTransit;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Tests.Integration.Ingest;

/// <summary>The ingest service on real servers, a listener in place of sentiment, and a small web server with a feed.</summary>
public sealed class IngestFixture : IAsyncLifetime
{
    /// <summary>Where hubs are told to push.</summary>
    public const string PublicAddress = "https://serm.example.org";

    private readonly HttpListener web = new();
    private readonly ConcurrentDictionary<string, string> pages = new(StringComparer.Ordinal);
    private IBusControl bus = null!;

    public Stack Stack { get; private set; } = null!;

    public ConcurrentQueue<MentionFound> Found { get; } = new();

    /// <summary>What became of answers, every repeat among it.</summary>
    public ConcurrentQueue<ReplyTold> Told { get; } = new();

    /// <summary>What the small web server was sent.</summary>
    public ConcurrentQueue<(string Path, string Body)> Posted { get; } = new();

    public Uri Web { get; } = new($"http://127.0.0.1:{ServiceProcess.FreePort()}/");

    public async ValueTask InitializeAsync()
    {
        Stack = await Stack.CreateAsync(
            Servers.Postgres,
            Servers.RabbitMq,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["Ingest__WebSub__PublicAddress"] = PublicAddress, ["Ingest__WebSub__LookMilliseconds"] = "100", ["Ingest__Polling__CredentialsLookSeconds"] = "1", ["Ingest__Polling__PagesAtOnce"] = "5", ["Ingest__Replies__LeaseSeconds"] = "20" });
        await Stack.StartAsync(TestContext.Current.CancellationToken, "Ingest");
        bus = MassTransit.Bus.Factory.CreateUsingRabbitMq(b =>
        {
            b.Host(new Uri(Servers.RabbitMq));
            b.UseSermConventions();
            b.ReceiveEndpoint($"tests-{Guid.CreateVersion7():N}", e =>
            {
                e.AutoDelete = true;
                e.Handler<Bulk<MentionFound>>(c =>
                {
                    c.Message.Items.ToList().ForEach(Found.Enqueue);
                    return Task.CompletedTask;
                });
                e.Handler<Bulk<ReplyTold>>(c =>
                {
                    c.Message.Items.ToList().ForEach(Told.Enqueue);
                    return Task.CompletedTask;
                });
            });
        });
        await bus.StartAsync(TimeSpan.FromSeconds(30));
        web.Prefixes.Add(Web.ToString());
        web.Start();
        _ = ServeAsync();
    }

    /// <summary>Sends, and returns the status and the body.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(HttpMethod method, string path, object? body = null, string workspace = "main", Role role = Role.Admin, string? version = null)
    {
        using var request = Stack.Request(method, path, workspace, role: role);
        request.Content = body is null ? null : JsonContent.Create(body);
        if (version is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", version);
        }

        using var answer = await Stack.Ingest.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (answer.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }

    /// <summary>Adds a brand and returns its id.</summary>
    public async Task<Guid> BrandAsync(string name, string query, string workspace = "main", string[]? languages = null)
    {
        var (status, body) = await SendAsync(HttpMethod.Post, "/api/brands", new { name, query, languages }, workspace);
        status.ShouldBe(HttpStatusCode.Created, body.ToString());
        return body.GetProperty("id").GetGuid();
    }

    /// <summary>The mentions of a brand once there are so many.</summary>
    public Task<List<MentionFound>> MentionsAsync(Guid brand, int count) => Eventually.Async(
        _ => Task.FromResult(Found.Where(m => m.Brand.Id == brand).ToList()), m => m.Count >= count, TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

    /// <summary>Asks for an answer, as mentions does.</summary>
    public Task AskAsync(ReplyAsked asked) => bus.PublishAllAsync([(asked.ReplyId, asked)], TestContext.Current.CancellationToken);

    /// <summary>What became of an answer, once so many messages have told it.</summary>
    public async Task<ReplyTold> ToldAsync(Guid reply, int times = 1) => (await Eventually.Async(
        _ => Task.FromResult(Told.Where(t => t.ReplyId == reply).ToList()), t => t.Count >= times, TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken))[^1];

    public void Publish(string path, string content) => pages[path] = content;

    public async ValueTask DisposeAsync()
    {
        web.Close();
        await bus.StopAsync(TimeSpan.FromSeconds(10));
        await Stack.DisposeAsync();
    }

    private async Task ServeAsync()
    {
        while (web.IsListening)
        {
            try
            {
                var context = await web.GetContextAsync();
                if (context.Request.HttpMethod == "POST")
                {
                    using var sent = new StreamReader(context.Request.InputStream);
                    Posted.Enqueue((context.Request.Url!.AbsolutePath, await sent.ReadToEndAsync()));
                    context.Response.StatusCode = 202;
                    context.Response.Close();
                    continue;
                }

                var there = pages.TryGetValue(context.Request.Url!.AbsolutePath, out var page);
                context.Response.StatusCode = there ? 200 : 404;
                context.Response.ContentType = "application/rss+xml; charset=utf-8";

                // With its length: of a body without one, nothing written ends it a first time and closing a second, in the midst of the next answer.
                context.Response.Close(System.Text.Encoding.UTF8.GetBytes(page ?? ""), willBlock: true);
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException or IOException)
            {
                // A reader that hung up takes nobody else's answer with it; the loop ends with the listener.
            }
        }
    }
}
