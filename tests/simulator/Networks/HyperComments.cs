using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Serm.Simulator.Networks;

/// <summary>HyperComments, which only calls: a form with a list of commands, the time, and the MD5 of secret, commands and time.</summary>
public sealed class HyperComments : INetwork
{
    public string Name => "hypercomments";

    public IReadOnlyCollection<string> Optional { get; } = [];

    public void Map(IEndpointRouteBuilder routes, Stage stage)
    {
        // It answers nobody.
    }

    public IResult TooMany(HttpContext context, Stage stage, TimeSpan wait) => Results.NotFound();

    public IResult Expired(HttpContext context) => Results.NotFound();

    /// <summary>The body of a call.</summary>
    public static string Form(Change what, SimPost post, string secret)
    {
        var command = what switch { Change.Published => "streamMessage", Change.Edited => "streamEditMessage", _ => "streamRemoveMessage" };
        var text = string.Join('\n', post.Text.Split('\n').Select(WebUtility.HtmlEncode));
        var data = JsonSerializer.Serialize(new[]
        {
            new { cmd = command, id = post.Id, parent_id = post.Parent?.Id, root_id = post.Root.Id, text, nick = post.Author.Name, user_id = post.Author.Id, xid = "page-1", link = "https://shop.example/acme", title = "Acme" },
        });
        var time = (post.EditedAt ?? post.At).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
#pragma warning disable CA5351 // The network signs with nothing else.
        var signature = Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(secret + data + time)));
#pragma warning restore CA5351
        return $"data={Uri.EscapeDataString(data)}&time={time}&signature={signature}";
    }
}
