using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace Serm.Tests.Integration.Faults;

/// <summary>A client that pushes posts at a steady rate, as a careful integrator would: what was not acknowledged is sent again, under the same ids, until it is.</summary>
internal sealed class SteadyLoad : IAsyncDisposable
{
    private const int PostsACall = 10;

    private static readonly string[] Texts =
    [
        "Acme lost my parcel and support is rude. Terrible service, never again! Number {0}",
        "Acme opened a new office on Main Street. Notice {0}",
        "Thank you Acme, great and fast delivery, I love it! Order {0}",
        "Ужасный сервис Acme: посылку потеряли, поддержка хамит, деньги не вернули. Заказ {0}",
        "The worst courier ever, Acme broke everything and lied to me. I hate them. Ticket {0}",
    ];

    private readonly HttpClient http;
    private readonly string prefix;
    private readonly CancellationTokenSource stop = new();
    private readonly SemaphoreSlim calls = new(16);
    private readonly List<Task> sent = [];
    private Task pump = Task.CompletedTask;
    private int acknowledged;

    public SteadyLoad(Uri gateway, string key, string prefix)
    {
        this.prefix = prefix;
        http = new HttpClient { BaseAddress = gateway, Timeout = TimeSpan.FromSeconds(40) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <summary>Posts that were sent and acknowledged so far.</summary>
    public int Acknowledged => Volatile.Read(ref acknowledged);

    /// <summary>Calls that failed and were repeated.</summary>
    public int Repeats { get; private set; }

    /// <summary>Starts pushing.</summary>
    /// <param name="postsASecond">A multiple of ten.</param>
    public void Start(int postsASecond) => pump = PumpAsync(TimeSpan.FromSeconds((double)PostsACall / postsASecond));

    /// <summary>Stops making new posts and waits until every post made is acknowledged.</summary>
    public async Task FinishAsync(TimeSpan patience)
    {
        await stop.CancelAsync();
        await pump;
        await Task.WhenAll(sent).WaitAsync(patience);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await pump;
        http.Dispose();
        stop.Dispose();
        calls.Dispose();
    }

    private async Task PumpAsync(TimeSpan interval)
    {
        using var timer = new PeriodicTimer(interval);
        for (var call = 0; !stop.IsCancellationRequested; call++)
        {
            sent.Add(SendAsync(call));
            try
            {
                await timer.WaitForNextTickAsync(stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task SendAsync(int call)
    {
        var posts = Enumerable.Range(call * PostsACall, PostsACall).Select(n => new
        {
            id = $"{prefix}-{n}",
            url = $"https://blog.example/{prefix}/{n}",
            text = string.Format(CultureInfo.InvariantCulture, Texts[n % Texts.Length], n) + $" ({prefix})",
            reach = n % 1000,
        }).ToArray();
        await calls.WaitAsync();
        try
        {
            while (!await TrySendAsync(new { source = "faults", posts }))
            {
                Repeats++;
                await Task.Delay(TimeSpan.FromMilliseconds(200 + Random.Shared.Next(200)));
            }

            Interlocked.Add(ref acknowledged, PostsACall);
        }
        finally
        {
            calls.Release();
        }
    }

    private async Task<bool> TrySendAsync(object body)
    {
        try
        {
            using var answer = await http.PostAsJsonAsync(new Uri("/api/ingest", UriKind.Relative), body);
            if ((int)answer.StatusCode is >= 400 and < 500 and not 429)
            {
                throw new InvalidOperationException($"The push was refused for good: {await answer.Content.ReadAsStringAsync()}");
            }

            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }
}
