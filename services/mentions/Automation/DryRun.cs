using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>What to try.</summary>
/// <param name="Conditions">Which mentions the rule is for.</param>
/// <param name="From">Published at or after; 14 days ago when left out.</param>
/// <param name="To">Published before; now when left out.</param>
/// <param name="Samples">Samples wanted, 0 to 50; 10 when left out.</param>
public sealed record DryRunRequest(AutomationConditions? Conditions, DateTimeOffset? From = null, DateTimeOffset? To = null, int? Samples = null);

/// <summary>What a rule would have been for.</summary>
/// <param name="From">Published at or after.</param>
/// <param name="To">Published before.</param>
/// <param name="Scanned">Mentions that were asked.</param>
/// <param name="Count">Mentions for which the conditions hold.</param>
/// <param name="Negative">Of these, negative.</param>
/// <param name="Answered">Of these, answered or resolved by people: think twice before they are put aside.</param>
/// <param name="Complete">False when there were more mentions than are asked: the newest were.</param>
/// <param name="Samples">The newest of them.</param>
public sealed record DryRunView(DateTimeOffset From, DateTimeOffset To, int Scanned, int Count, int Negative, int Answered, bool Complete, IReadOnlyList<MentionView> Samples);

/// <summary>Asks a rule of the past. Changes nothing.</summary>
internal static class DryRun
{
    private const int MaxRows = 50_000;
    private const int MaxSamples = 50;
    private const int DefaultSamples = 10;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(400);

    public static async Task<Ok<DryRunView>> Handle(DryRunRequest body, Caller caller, NpgsqlDataSource dataSource, TimeProvider clock, CancellationToken cancellationToken)
    {
        var conditions = AutomationRequest.CheckConditions(body.Conditions);
        var now = clock.GetUtcNow();
        var (from, to) = (body.From ?? now.AddDays(-14), body.To ?? now);
        if (to <= from || to - from > Longest)
        {
            throw RuleViolation.Invalid("to", "out_of_range", $"Ask for a time of at most {Longest.TotalDays:0} days that ends after it begins.");
        }

        if (body.Samples is < 0 or > MaxSamples)
        {
            throw RuleViolation.Invalid("samples", "out_of_range", $"samples takes 0 to {MaxSamples}.");
        }

        await using var command = dataSource.CreateCommand(
            $"select {MentionView.Columns} from {MentionView.From} where i.workspace = $1 and i.published_at >= $2 and i.published_at < $3 order by i.published_at desc, i.id desc limit {MaxRows + 1}");
        command.CommandTimeout = 60;
        command.Parameters.AddWithValue(caller.Workspace);
        command.Parameters.AddWithValue(from.UtcDateTime);
        command.Parameters.AddWithValue(to.UtcDateTime);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var (scanned, count, negative, answered) = (0, 0, 0, 0);
        var samples = new List<MentionView>();
        while (scanned < MaxRows && await reader.ReadAsync(cancellationToken))
        {
            scanned++;
            var mention = MentionView.Read(reader, now);
            if (!Automation.Fits(conditions, Facts(mention)))
            {
                continue;
            }

            count++;
            negative += mention.Sentiment == Sentiment.Negative ? 1 : 0;
            answered += mention.RepliedAt is not null || mention.Status == MentionStatus.Resolved ? 1 : 0;
            if (samples.Count < (body.Samples ?? DefaultSamples))
            {
                samples.Add(mention);
            }
        }

        return TypedResults.Ok(new DryRunView(from, to, scanned, count, negative, answered, scanned < MaxRows, samples));
    }

    private static AutomationFacts Facts(MentionView m) => new(
        m.BrandId, m.SourceId, m.SourceKind, m.Language, m.Sentiment, m.Negative, m.Reach, m.AuthorList, m.Tags ?? [], FoldedWords.Of(m.Title, m.Text));
}
