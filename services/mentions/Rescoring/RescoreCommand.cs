using System.Globalization;
using Npgsql;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary><c>rescore</c> on the command line: asks for a rescoring and shows how far it is. The running service does the work: ending this command does not end it.</summary>
internal static class RescoreCommand
{
    private const string Usage = "rescore [status|pause|resume|cancel] [--workspace W] [--brand ID] [--from TIME] [--to TIME] [--model VERSION] [--per-second N]";

    private const string By = "command line";

    private static readonly string[] Known = ["--workspace", "--brand", "--from", "--to", "--model", "--per-second"];
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>Runs the command line.</summary>
    /// <returns>The process's exit code.</returns>
    public static async Task<int> RunAsync(string[] args, NpgsqlDataSource dataSource, TimeProvider clock, TextWriter output, CancellationToken cancellationToken)
    {
        if (args is [_, "help", ..] || args.Any(a => a is "--help" or "-h"))
        {
            await output.WriteLineAsync(Usage);
            return 0;
        }

        if (Read(args.AsSpan(1)) is not (var verb, var options))
        {
            await output.WriteLineAsync($"That is not understood, and nothing was started. {Usage}");
            return 2;
        }

        try
        {
            var request = Request(options);
            var workspace = options.GetValueOrDefault("--workspace") ?? "main";
            if (options.ContainsKey("--workspace") && await RescoreRows.WorkspacesAsync(dataSource, cancellationToken) is var known && !known.Contains(workspace, StringComparer.Ordinal))
            {
                await output.WriteLineAsync($"The workspace \"{workspace}\" has no mentions, so there is nothing to judge. {(known.Count == 0 ? "None has any yet." : $"There are mentions in {string.Join(", ", known)}.")}");
                return 1;
            }

            var last = (await RescoreRows.ListAsync(dataSource, workspace, cancellationToken)).FirstOrDefault();
            switch (verb)
            {
                case "status":
                    await output.WriteLineAsync(last is null ? "Nothing was rescored yet." : Line(last));
                    return 0;
                case "pause" or "resume" or "cancel":
                    var status = verb switch { "pause" => RescoreStatus.Paused, "resume" => RescoreStatus.Running, _ => RescoreStatus.Cancelled };
                    var set = last is null ? null : await RescoreRows.SetAsync(dataSource, workspace, last.Id, status, By, clock.GetUtcNow(), cancellationToken);
                    await output.WriteLineAsync(set is null ? "No rescoring is under way." : Line(set));
                    return set is null ? 1 : 0;
                default:
                    var asked = await RescoreRows.AskAsync(dataSource, workspace, request, By, clock.GetUtcNow(), cancellationToken);
                    await output.WriteLineAsync(asked is null ? "A rescoring is under way already; this shows it." : "It runs in the service: this command may be ended.");
                    return await FollowAsync(dataSource, workspace, (asked ?? last)!.Id, clock, output, cancellationToken);
            }
        }
        catch (Exception e) when (e is RuleViolation or FormatException or OverflowException)
        {
            await output.WriteLineAsync(e.Message);
            return 2;
        }
    }

    private static async Task<int> FollowAsync(NpgsqlDataSource dataSource, string workspace, Guid id, TimeProvider clock, TextWriter output, CancellationToken cancellationToken)
    {
        var shown = "";
        while (await RescoreRows.FindAsync(dataSource, workspace, id, cancellationToken) is { } now)
        {
            if (Line(now) is var line && line != shown)
            {
                await output.WriteLineAsync(shown = line);
            }

            if (now.Status != RescoreStatus.Running)
            {
                return now.Status == RescoreStatus.Done && Missing(now) == 0 ? 0 : 1;
            }

            await Task.Delay(Look, clock, cancellationToken);
        }

        return 1;
    }

    // The verb, empty for asking, and the options: each known, once, with a value. Null for anything else.
    private static (string Verb, Dictionary<string, string> Options)? Read(ReadOnlySpan<string> args)
    {
        var (verb, options) = ("", new Dictionary<string, string>(StringComparer.Ordinal));
        for (var i = 0; i < args.Length; i++)
        {
            if (Known.Contains(args[i]) && i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal) && options.TryAdd(args[i], args[i + 1]))
            {
                i++;
            }
            else if (verb.Length == 0 && args[i] is "status" or "pause" or "resume" or "cancel")
            {
                verb = args[i];
            }
            else
            {
                return null;
            }
        }

        return (verb, options);
    }

    private static RescoreRequest Request(Dictionary<string, string> options) => new RescoreRequest(
        options.TryGetValue("--brand", out var brand) ? Guid.Parse(brand, CultureInfo.InvariantCulture) : null,
        Time(options.GetValueOrDefault("--from")),
        Time(options.GetValueOrDefault("--to")),
        options.GetValueOrDefault("--model"),
        options.TryGetValue("--per-second", out var rate) ? int.Parse(rate, CultureInfo.InvariantCulture) : null).Checked();

    private static DateTimeOffset? Time(string? text) => text is null ? null : DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    // Sentiment was waited for in vain: it is down, far behind, or could not handle them.
    private static long Missing(RescoreView r) => r.Status == RescoreStatus.Done ? Math.Max(0, r.Sent - r.Judged) : 0;

    /// <summary>A rescoring in one line.</summary>
    internal static string Line(RescoreView r)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{r.Status.ToString().ToLowerInvariant(),-9} {r.Judged}/{r.Total} judged{(r.Model is null ? "" : $" by {r.Model}")}");
        return Missing(r) == 0
            ? line
            : string.Create(CultureInfo.InvariantCulture, $"{line}; no verdict of {Missing(r)} came for a minute: they come when sentiment is back (./serm status), or are parked (./serm parked)");
    }
}
