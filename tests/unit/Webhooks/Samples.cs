using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Serm.Alerts;

namespace Serm.Tests.Unit.Webhooks;

/// <summary>The receivers of docs/webhooks.md take what Serm signs, and refuse everything else.</summary>
public sealed partial class Samples
{
    private static readonly string Root = FindRoot();
    private static readonly string Page = File.ReadAllText(Path.Combine(Root, "docs", "webhooks.md"));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_receiver_in_csharp_takes_what_is_ours_alone()
    {
        var code = File.ReadAllText(Path.Combine(Root, "tests", "unit", "Webhooks", "ReceiverSample.cs")).ReplaceLineEndings("\n");
        Block("csharp").Split('\n', 2)[1].ShouldBe(code.Split("// begin\n")[1].Split("// end")[0], "docs/webhooks.md shows another receiver than the one that is tried here.");
        var secrets = WebhookSecrets.New(null, new Dictionary<string, string>(StringComparer.Ordinal));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        ReceiverSample.Map(app, secrets.Secret);
        await app.StartAsync(Cancel);

        await TakesOursAloneAsync(new Uri($"{app.Urls.First()}/serm"), secrets);
    }

    [Fact]
    public async Task The_receiver_in_python_takes_what_is_ours_alone()
    {
        var file = Path.Combine(Path.GetTempPath(), $"serm-receiver-{Guid.CreateVersion7():N}.py");
        await File.WriteAllTextAsync(file, Block("python"), Cancel);
        var secrets = WebhookSecrets.New(null, new Dictionary<string, string>(StringComparer.Ordinal));
        var info = new ProcessStartInfo("python3") { RedirectStandardOutput = true, UseShellExecute = false };
        info.ArgumentList.Add(file);
        (info.Environment["SERM_SECRET"], info.Environment["PORT"]) = (secrets.Secret, "0");
        Process? python;
        try
        {
            python = Process.Start(info);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("python3 is not here: the sample was not tried.");
            return;
        }

        using (python)
        {
            try
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
                patience.CancelAfter(TimeSpan.FromSeconds(60));
                var port = (await python!.StandardOutput.ReadLineAsync(patience.Token))!.Split(' ')[^1];
                await TakesOursAloneAsync(new Uri($"http://127.0.0.1:{port}/serm"), secrets);
            }
            finally
            {
                python!.Kill();
                await python.WaitForExitAsync(CancellationToken.None);
                File.Delete(file);
            }
        }
    }

    private static async Task TakesOursAloneAsync(Uri address, WebhookSecrets secrets)
    {
        const string Body = """{"type":"alert.raised","timestamp":"2026-01-31T12:00:00.000000Z","id":"m","sequence":1,"data":{"text":"ünïcödé 🙂"}}""";
        var now = TimeProvider.System.GetUtcNow();
        var rotated = secrets.Rotated(null, now.AddHours(1));
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(60) };

        (await PostAsync(Body, now, Signatures.Of(secrets, asymmetric: true, "m", now, Encoding.UTF8.GetBytes(Body)))).ShouldBe(HttpStatusCode.NoContent);
        (await PostAsync(Body, now, Signatures.Of(rotated, asymmetric: false, "m", now, Encoding.UTF8.GetBytes(Body)))).ShouldBe(HttpStatusCode.NoContent, "the old secret still signs");
        (await PostAsync(Body.Replace("🙂", "!", StringComparison.Ordinal), now, Signatures.Of(secrets, false, "m", now, Encoding.UTF8.GetBytes(Body)))).ShouldBe(HttpStatusCode.Unauthorized, "another body");
        (await PostAsync(Body, now.AddMinutes(-6), Signatures.Of(secrets, false, "m", now.AddMinutes(-6), Encoding.UTF8.GetBytes(Body)))).ShouldBe(HttpStatusCode.Unauthorized, "too old");
        (await PostAsync(Body, now, Signatures.Of(rotated, false, "m", now.AddHours(2), Encoding.UTF8.GetBytes(Body)))).ShouldBe(HttpStatusCode.Unauthorized, "another secret and time");
        (await PostAsync(Body, now, "v1,")).ShouldBe(HttpStatusCode.Unauthorized);
        (await PostAsync(Body, null, "nonsense v1,bm9uc2Vuc2U= v2,x")).ShouldBe(HttpStatusCode.Unauthorized);

        // What is tested are the receiver's answers: on a busy machine Python's server breaks a connection now and then.
        async Task<HttpStatusCode> PostAsync(string body, DateTimeOffset? at, string signature)
        {
            for (var tries = 1; ; tries++)
            {
                try
                {
                    return await PostOnceAsync(body, at, signature);
                }
                catch (HttpRequestException) when (tries < 5)
                {
                }
            }
        }

        async Task<HttpStatusCode> PostOnceAsync(string body, DateTimeOffset? at, string signature)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

            // Python's server closes after each answer without saying so: the next call on that connection would sometimes be lost.
            request.Headers.ConnectionClose = true;
            request.Headers.TryAddWithoutValidation("webhook-id", "m");
            request.Headers.TryAddWithoutValidation("webhook-signature", signature);
            if (at is { } time)
            {
                request.Headers.TryAddWithoutValidation("webhook-timestamp", time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
            }

            using var answer = await http.SendAsync(request, Cancel);
            return answer.StatusCode;
        }
    }

    private static string Block(string language) => Fence().Matches(Page.ReplaceLineEndings("\n")).Single(m => m.Groups["language"].Value == language).Groups["code"].Value;

    [GeneratedRegex("```(?<language>[a-z]+)\n(?<code>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Fence();

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Serm.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}
