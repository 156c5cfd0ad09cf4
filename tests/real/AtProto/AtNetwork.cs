using System.Net.Http.Headers;

namespace Serm.Tests.Real.AtProto;

/// <summary>A person on the network: an account on its server.</summary>
internal sealed class AtPerson : IDisposable
{
    private readonly HttpClient http = new() { BaseAddress = new Uri(RealServer.Address("ATPROTO")), Timeout = TimeSpan.FromSeconds(60) };

    public string Handle { get; } = $"p{Guid.CreateVersion7().ToString("N")[^12..]}.test";

    public string Password { get; } = Guid.NewGuid().ToString("N");

    public string Did { get; private set; } = "";

    public static async Task<AtPerson> JoinAsync()
    {
        var person = new AtPerson();
        var account = await person.http.CallAsync("/xrpc/com.atproto.server.createAccount", new { handle = person.Handle, password = person.Password, email = $"{person.Handle}@example.org" });
        person.Did = account.GetProperty("did").GetString()!;
        person.http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", account.GetProperty("accessJwt").GetString());
        return person;
    }

    /// <summary>Publishes, and returns the reference of the post.</summary>
    public async Task<(string Uri, string Cid)> PostAsync(string text, string language, (string Uri, string Cid)? root = null, (string Uri, string Cid)? parent = null)
    {
        var record = new Dictionary<string, object>(StringComparer.Ordinal) { ["$type"] = "app.bsky.feed.post", ["text"] = text, ["langs"] = new[] { language }, ["createdAt"] = $"{TimeProvider.System.GetUtcNow().UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}" };
        if (root is { } r && parent is { } p)
        {
            record["reply"] = new { root = new { uri = r.Uri, cid = r.Cid }, parent = new { uri = p.Uri, cid = p.Cid } };
        }

        var made = await http.CallAsync("/xrpc/com.atproto.repo.createRecord", new { repo = Did, collection = "app.bsky.feed.post", record });
        return (made.GetProperty("uri").GetString()!, made.GetProperty("cid").GetString()!);
    }

    /// <summary>Likes a post.</summary>
    public Task LikeAsync((string Uri, string Cid) post) => http.CallAsync(
        "/xrpc/com.atproto.repo.createRecord", new { repo = Did, collection = "app.bsky.feed.like", record = new { subject = new { uri = post.Uri, cid = post.Cid }, createdAt = $"{TimeProvider.System.GetUtcNow().UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}" } });

    /// <summary>Deletes a post.</summary>
    public Task DeleteAsync(string uri) => http.CallAsync("/xrpc/com.atproto.repo.deleteRecord", new { repo = Did, collection = "app.bsky.feed.post", rkey = uri[(uri.LastIndexOf('/') + 1)..] });

    public void Dispose() => http.Dispose();
}
