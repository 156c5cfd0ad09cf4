using System.Globalization;
using Npgsql;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary><c>rescore [status|pause|resume|cancel] [--workspace W] [--brand ID] [--from TIME] [--to TIME] [--model VERSION] [--per-second N]</c>: asks for a rescoring and shows how far it is. The running service does the work: ending this command does not end it.</summary>
internal static class RescoreCommand
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>Runs the command line.</summary>
    /// <returns>The process's exit code.</returns>
    public static async Task<int> RunAsync(string[] args, NpgsqlDataSource dataSource, TimeProvider clock, TextWriter output, CancellationToken cancellationToken)
    {
        try
        {
            var workspace = Option(args, "--workspace") ?? "main";
            var last = (await RescoreRows.ListAsync(dataSource, workspace, cancellationToken)).FirstOrDefault();
            switch (args.ElementAtOrDefault(1))
            {
                case "status":
                    await output.WriteLineAsync(last is null ? "Nothing was rescored yet." : Line(last));
                    return 0;
                case "pause" or "resume" or "cancel":
                    var status = args[1] switch { "pause" => RescoreStatus.Paused, "resume" => RescoreStatus.Running, _ => RescoreStatus.Cancelled };
                    var set = last is null ? null : await RescoreRows.SetAsync(dataSource, workspace, last.Id, status, clock.GetUtcNow(), cancellationToken);
                    await output.WriteLineAsync(set is null ? "No rescoring is under way." : Line(set));
                    return set is null ? 1 : 0;
                default:
                    var asked = await RescoreRows.AskAsync(dataSource, workspace, Request(args).Checked(), "command line", clock.GetUtcNow(), cancellationToken);
                    await output.WriteLineAsync(asked is null ? "A rescoring is under way already; this shows it." : "It runs in the service: this command may be ended.");
                    return await FollowAsync(dataSource, workspace, (asked ?? last)!.Id, clock, output, cancellationToken);
            }
        }
        catch (Exception e) when (e is RuleViolation or FormatException)
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
                return now.Status == RescoreStatus.Done ? 0 : 1;
            }

            await Task.Delay(Look, clock, cancellationToken);
        }

        return 1;
    }

    private static RescoreRequest Request(string[] args) => new(
        Option(args, "--brand") is { } brand ? Guid.Parse(brand, CultureInfo.InvariantCulture) : null,
        Time(Option(args, "--from")),
        Time(Option(args, "--to")),
        Option(args, "--model"),
        Option(args, "--per-second") is { } rate ? int.Parse(rate, CultureInfo.InvariantCulture) : null);

    private static DateTimeOffset? Time(string? text) => text is null ? null : DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static string Line(RescoreView r) =>
        string.Create(CultureInfo.InvariantCulture, $"{r.Status.ToString().ToLowerInvariant(),-9} {r.Judged}/{r.Total} judged{(r.Model is null ? "" : $" by {r.Model}")}");

    private static string? Option(string[] args, string name)
    {
        var at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }
}
