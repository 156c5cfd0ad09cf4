using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using RabbitMQ.Client;

namespace Serm.Tests.E2E;

/// <summary>The whole product on real servers, and a real Chromium to look at it with.</summary>
public sealed class Product : IAsyncLifetime
{
    public const string Password = "correct-horse-battery-9";

    /// <summary>How long anything may take on a machine that is busy with other things.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // Who has signed in once goes on with that session: a password is slow to check on purpose.
    private readonly ConcurrentDictionary<string, string> sessions = new(StringComparer.Ordinal);
    private IPlaywright playwright = null!;

    public Stack Stack { get; private set; } = null!;

    public IBrowser Browser { get; private set; } = null!;

    /// <summary>A client with an admin's key.</summary>
    public HttpClient Api { get; private set; } = null!;

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Stack = await Stack.CreateAsync(
            Required("SERM_TEST_POSTGRES"),
            Required("SERM_TEST_RABBITMQ"),
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["Gateway__FirstAdmin__Name"] = "admin",
                ["Gateway__FirstAdmin__Password"] = Password,
                ["RateLimits__Anonymous__PerSecond"] = "1000",
                ["RateLimits__Anonymous__Burst"] = "1000",
                ["RateLimits__SignIn__PerSecond"] = "100",
                ["RateLimits__SignIn__Burst"] = "100",
                ["Ingest__Polling__CredentialsLookSeconds"] = "1",
            });
        await Stack.StartAsync(Cancel);
        Api = new HttpClient { BaseAddress = Stack.Gateway.Address, Timeout = TimeSpan.FromSeconds(60) };
        Api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await Stack.Gateway.RunAsync("key", "--role", "admin")).Trim());
        playwright = await Playwright.CreateAsync();
        Browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Environment.GetEnvironmentVariable("SERM_TEST_CHROMIUM") ?? "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-dev-shm-usage"],
        });
    }

    /// <summary>A signed-in page of its own, with the errors that it shows in the console.</summary>
    /// <param name="path">Where it goes after signing in.</param>
    /// <param name="name">Who signs in.</param>
    /// <param name="options">Size, colour scheme and the like.</param>
    public async Task<Screen> OpenAsync(string path = "/", string name = "admin", BrowserNewContextOptions? options = null)
    {
        options ??= new();
        options.BaseURL = Stack.Gateway.Address.ToString();
        options.Locale ??= "en-GB";
        var known = sessions.TryGetValue(name, out var session);
        options.StorageState = session;
        var context = await Browser.NewContextAsync(options);
        context.SetDefaultTimeout(60_000);
        Assertions.SetDefaultExpectTimeout(60_000);
        var page = await context.NewPageAsync();
        var screen = new Screen(context, page);
        if (known)
        {
            await page.GotoAsync(path);
            return screen;
        }

        await page.GotoAsync($"/sign-in?returnUrl={Uri.EscapeDataString(path)}");
        await page.Locator("#name").FillAsync(name);
        await page.Locator("#password").FillAsync(Password);
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync(u => !u.Contains("sign-in", StringComparison.Ordinal));
        sessions[name] = await context.StorageStateAsync();
        return screen;
    }

    /// <summary>Posts to the public API and returns the answer's JSON.</summary>
    public async Task<JsonElement> PostAsync(string path, object body)
    {
        using var answer = await Api.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, Cancel);
        answer.IsSuccessStatusCode.ShouldBeTrue($"{path}: {await answer.Content.ReadAsStringAsync(Cancel)}");
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
    }

    /// <summary>Lays down policies, whatever version the ones before have.</summary>
    public async Task PutPoliciesAsync(object policies)
    {
        var path = new Uri("/api/sla/policies", UriKind.Relative);
        var now = await Api.GetFromJsonAsync<JsonElement>(path, Cancel);
        using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = JsonContent.Create(policies) };
        request.Headers.IfMatch.Add(new EntityTagHeaderValue($"\"{now.GetProperty("version").GetInt32()}\""));
        using var answer = await Api.SendAsync(request, Cancel);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync(Cancel));
    }

    /// <summary>A brand and its id.</summary>
    public async Task<Guid> AddBrandAsync(string name, string query) => (await PostAsync("/api/brands", new { name, query })).GetProperty("id").GetGuid();

    /// <summary>How many corrections have come to what learns from them.</summary>
    public async Task<int> CorrectionsAsync() => (await Api.GetFromJsonAsync<JsonElement>(new Uri("/api/models", UriKind.Relative), Cancel)).GetProperty("corrections").GetInt32();

    /// <summary>Does something with a mention as it is now.</summary>
    public async Task DoAsync(Guid mention, string verb, object? body = null)
    {
        var path = new Uri($"/api/mentions/{mention}/{verb}", UriKind.Relative);
        await Eventually.AsyncTrue(
            async ct =>
            {
                var now = await Api.GetFromJsonAsync<JsonElement>(new Uri($"/api/mentions/{mention}", UriKind.Relative), ct);
                using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = body is null ? null : JsonContent.Create(body) };
                request.Headers.IfMatch.Add(new EntityTagHeaderValue($"\"{now.GetProperty("version").GetInt32()}\""));
                using var answer = await Api.SendAsync(request, ct);

                // A verdict or a clock may have come in between.
                return answer.StatusCode != System.Net.HttpStatusCode.PreconditionFailed && (answer.IsSuccessStatusCode ? true : throw new InvalidOperationException($"{path}: {await answer.Content.ReadAsStringAsync(ct)}"));
            },
            Patience,
            () => $"{path} was refused again and again.",
            Cancel);
    }

    /// <summary>Pushes posts and waits until the inbox shows them judged.</summary>
    public Task<IReadOnlyList<JsonElement>> PushAsync(Guid brand, params object[] posts) => PushAsync(brand, posts.Length, posts);

    /// <summary>Pushes posts and waits until the inbox shows so many judged of the brand.</summary>
    public Task<IReadOnlyList<JsonElement>> PushAsync(Guid brand, int expected, params object[] posts) => PushAsync(brand, found => found.Count >= expected, posts);

    /// <summary>Pushes posts and waits until the judged ones of the brand are as they are waited for.</summary>
    public async Task<IReadOnlyList<JsonElement>> PushAsync(Guid brand, Predicate<IReadOnlyList<JsonElement>> such, params object[] posts)
    {
        await PostAsync("/api/ingest", new { source = "e2e", posts });
        return await Eventually.Async(
            async ct => (await Api.GetFromJsonAsync<JsonElement>(new Uri($"/api/mentions?brand={brand}&sentiment=negative&sentiment=neutral&sentiment=positive&limit=200", UriKind.Relative), ct))
                .GetProperty("items").EnumerateArray().ToList(),
            items => such(items),
            Patience,
            Cancel);
    }

    /// <summary>Does something with the broker itself.</summary>
    public static async Task WithBrokerAsync(Func<IChannel, Task> work)
    {
        await using var connection = await new ConnectionFactory { Uri = new Uri(Required("SERM_TEST_RABBITMQ")) }.CreateConnectionAsync(Cancel);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), Cancel);
        await work(channel);
    }

    /// <summary>Puts messages that nobody can read aside, as the services do.</summary>
    public static Task ParkAsync(string queue, int count) => WithBrokerAsync(async channel =>
    {
        for (var i = 0; i < count; i++)
        {
            var headers = new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["MT-Fault-ExceptionType"] = "System.Runtime.Serialization.SerializationException",
                ["MT-Fault-Message"] = "The message is no JSON: 'n' is an invalid start of a property name.",
                ["MT-Fault-Timestamp"] = TimeProvider.System.GetUtcNow().AddHours(-3).ToString("O"),
            };
            await channel.BasicPublishAsync("", queue + "_error", mandatory: true, new BasicProperties { ContentType = "application/vnd.masstransit+json", MessageId = $"{queue}-{i}", Persistent = true, Headers = headers }, "{ not json"u8.ToArray(), Cancel);
        }
    });

    public async ValueTask DisposeAsync()
    {
        if (Browser is not null)
        {
            await Browser.CloseAsync();
        }

        playwright?.Dispose();
        Api?.Dispose();
        if (Stack is not null)
        {
            await Stack.DisposeAsync();
        }
    }

    private static string Required(string name) => Environment.GetEnvironmentVariable(name)
        ?? throw new InvalidOperationException($"{name} is not set. Run ./serm test e2e, which starts the servers.");
}

/// <summary>A page in a browser context of its own.</summary>
public sealed class Screen : IAsyncDisposable
{
    private readonly IBrowserContext context;

    public Screen(IBrowserContext context, IPage page)
    {
        this.context = context;
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                Errors.Add(message.Text);
            }
        };
        page.PageError += (_, error) => Errors.Add(error);
        page.Dialog += async (_, dialog) =>
        {
            Errors.Add($"dialog: {dialog.Message}");
            await dialog.DismissAsync();
        };
    }

    public IPage Page { get; }

    /// <summary>Console errors, uncaught exceptions, dialogs.</summary>
    public List<string> Errors { get; } = [];

    /// <summary>The inbox row of a mention.</summary>
    public ILocator Row(Guid mention) => Page.Locator($"[data-testid=mention-row][data-mention-id='{mention}']");

    public ILocator ByTestId(string id) => Page.GetByTestId(id);

    /// <summary>What keeps people out of the page as it is now; none when it is accessible.</summary>
    public async Task<IEnumerable<string>> ViolationsAsync() =>
        (await Page.RunAxe()).Violations.Select(v => $"{v.Id}: {v.Help}: {string.Join(" | ", v.Nodes.Take(3).Select(n => n.Html))}");

    public async ValueTask DisposeAsync() => await context.CloseAsync();
}
