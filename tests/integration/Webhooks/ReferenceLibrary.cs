using System.Diagnostics;
using System.Text.Json;

namespace Serm.Tests.Integration.Webhooks;

/// <summary>npm's <c>standardwebhooks</c> and <c>svix</c>, run by node. Installed once into the artifacts.</summary>
internal static class ReferenceLibrary
{
    private static readonly string Folder = Path.Combine(Repository.Root, "artifacts", "webhook-libraries");

    /// <summary>By library: for each delivery its type, or why it was refused.</summary>
    /// <param name="secret">As the receiver knows it.</param>
    /// <param name="received">Deliveries.</param>
    /// <param name="now">What the receiver's clock says; null for the time.</param>
    public static async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> VerifyAsync(string secret, IEnumerable<Received> received, DateTimeOffset? now = null)
    {
        var ct = TestContext.Current.CancellationToken;
        Directory.CreateDirectory(Folder);
        if (!Directory.Exists(Path.Combine(Folder, "node_modules", "standardwebhooks")) || !Directory.Exists(Path.Combine(Folder, "node_modules", "svix")))
        {
            await RunAsync("npm", "install", "--prefix", Folder, "--no-audit", "--no-fund", "--ignore-scripts", "standardwebhooks@1", "svix@1");
        }

        var file = Path.Combine(Folder, $"{Guid.CreateVersion7():N}.json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new { secret, received = received.Select(r => new { id = r.Id, timestamp = r.Timestamp, signature = r.Signature, body = r.Body }), now = now?.ToUnixTimeMilliseconds() }), ct);
        try
        {
            var output = await RunAsync("node", Path.Combine(Repository.Root, "tests", "integration", "Webhooks", "verify.mjs"), Folder, file);
            return JsonSerializer.Deserialize<Dictionary<string, IReadOnlyList<string>>>(output)!;
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var info = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        arguments.ToList().ForEach(info.ArgumentList.Add);
        Process process;
        try
        {
            process = Process.Start(info)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip($"{program} is not here: the reference libraries of Standard Webhooks were not tried.");
            throw;
        }

        using (process)
        {
            var output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            process.ExitCode.ShouldBe(0, output[1] + output[0]);
            return output[0];
        }
    }
}
