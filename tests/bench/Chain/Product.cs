using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Serm.Contracts;
using Serm.Defaults;
using Serm.Tests;

namespace Serm.Bench;

/// <summary>The whole product behind its gateway, with five brands, as its users' programs see it.</summary>
internal sealed class Product : IAsyncDisposable
{
    public const string Password = "a-password-for-benches-0123456789";

    private Product(Stack stack, HttpClient api) => (Stack, Api) = (stack, api);

    public Stack Stack { get; }

    /// <summary>Signed in with an admin's key.</summary>
    public HttpClient Api { get; }

    public IReadOnlyList<BrandRef> Brands { get; private set; } = [];

    /// <summary>Starts all five services on a database of their own and adds the brands.</summary>
    public static async Task<Product> StartAsync(CancellationToken cancellationToken)
    {
        var stack = await BenchContext.StackAsync(cancellationToken, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Gateway__FirstAdmin__Name"] = "admin",
            ["Gateway__FirstAdmin__Password"] = Password,
        });
        try
        {
            await stack.StartAsync(cancellationToken);
            var api = new HttpClient { BaseAddress = stack.Gateway.Address, Timeout = TimeSpan.FromSeconds(100) };
            api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await stack.Gateway.RunAsync("key", "--role", "admin")).Trim());
            var product = new Product(stack, api);
            var brands = new List<BrandRef>();
            foreach (var name in new[] { "Alderbrand", "Birchbrand", "Cedarbrand", "Elmbrand", "Fernbrand" })
            {
                using var answer = await api.PostAsJsonAsync(new Uri("/api/brands", UriKind.Relative), new { name, query = name.ToLowerInvariant() }, cancellationToken);
                answer.EnsureSuccessStatusCode();
                brands.Add(new((await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("id").GetGuid(), name));
            }

            product.Brands = brands;
            return product;
        }
        catch
        {
            await BenchContext.DropAsync(stack);
            throw;
        }
    }

    /// <summary>Pushes posts that each speak of one brand; <see cref="MentionFound.MentionId"/> is not used.</summary>
    public async Task PushAsync(IReadOnlyCollection<MentionFound> mentions, CancellationToken cancellationToken)
    {
        var posts = mentions.Select(m => new
        {
            id = m.Post.NativeId,
            url = m.Post.Url,
            text = m.Post.Text,
            author = m.Post.Author,
            publishedAt = m.Post.PublishedAt,
            language = m.Post.Language,
            reach = m.Post.Reach,
        });
        for (var attempt = 0; ; attempt++)
        {
            using var answer = await Api.PostAsJsonAsync(new Uri("/api/ingest", UriKind.Relative), new { source = "bench", posts }, ServiceDefaults.Configure(new()), cancellationToken);
            if (answer.IsSuccessStatusCode)
            {
                return;
            }

            // Posts carry their own ids: what was taken in all the same is not taken twice.
            if (answer.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout && attempt < 5)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
                continue;
            }

            throw new InvalidOperationException($"POST /api/ingest: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellationToken)}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await BenchContext.DropAsync(Stack);
    }
}
