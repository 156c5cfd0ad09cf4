#pragma warning disable
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Serm.Tests.Unit.Webhooks;

/// <summary>The receiver that docs/webhooks.md shows, word for word. A sample breaks rules of this repository that its reader does not have.</summary>
internal static class ReceiverSample
{
    public static void Map(WebApplication app, string secret)
    {
// begin
app.MapPost("/serm", async (HttpRequest request) =>
{
    string? id = request.Headers["webhook-id"], at = request.Headers["webhook-timestamp"];
    var body = await new StreamReader(request.Body).ReadToEndAsync();
    var key = Convert.FromBase64String(secret["whsec_".Length..]);
    var expected = Encoding.ASCII.GetBytes("v1," + Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{id}.{at}.{body}"))));
    var ours = request.Headers["webhook-signature"].ToString().Split(' ').Any(s => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(s), expected));
    var fresh = long.TryParse(at, out var seconds) && Math.Abs(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - seconds) < 300;
    return ours && fresh ? Results.NoContent() : Results.Unauthorized();
});
// end
    }
}
