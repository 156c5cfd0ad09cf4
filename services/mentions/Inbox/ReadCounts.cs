using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>How many mentions stand where.</summary>
/// <param name="ByStatus">All statuses, zero included.</param>
/// <param name="BySentiment">The three labels and <c>unscored</c>, of what is not dismissed, or of what has one of the statuses asked for.</param>
/// <param name="OpenNegative">New or claimed, and negative.</param>
/// <param name="Filtered">Put aside by a rule; counted up to 10,000.</param>
/// <param name="FilteredMore">There are more than that.</param>
public sealed record InboxCounts(IReadOnlyDictionary<string, long> ByStatus, IReadOnlyDictionary<string, long> BySentiment, long OpenNegative, long Filtered = 0, bool FilteredMore = false);

/// <summary>Counting the inbox.</summary>
internal static class ReadCounts
{
    private const int MostFiltered = 10_000;

    // What a rule has put aside stays dismissed until it is restored, and is then aside no more.
    private static readonly string Sql = $"""
        select status, label, sum(mentions)::bigint from mentions.totals
        where workspace = $1 and ($2 or brand_id = any($3)) group by status, label
        union all
        select -1::smallint, 0::smallint, count(*) from (
            select from mentions.desk where workspace = $1 and filtered_by is not null and ($2 or brand_id = any($3)) limit {MostFiltered + 1}) aside
        """;

    public static async Task<Ok<InboxCounts>> Handle(Guid[]? brand, string[]? status, Caller caller, NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        var byStatus = Enum.GetValues<MentionStatus>().ToDictionary(s => s.ToString().ToLowerInvariant(), _ => 0L, StringComparer.Ordinal);
        var bySentiment = Enum.GetValues<Sentiment>().Select(s => s.ToString().ToLowerInvariant()).Append("unscored").ToDictionary(s => s, _ => 0L, StringComparer.Ordinal);
        var counted = InboxQuery.Given(status) is { Length: > 0 } asked
            ? [.. asked.Select(s => InboxQuery.Parse<MentionStatus>(s, "status"))]
            : Enum.GetValues<MentionStatus>().Except([MentionStatus.Dismissed]).ToHashSet();
        long openNegative = 0, filtered = 0;

        await using var command = dataSource.CreateCommand(Sql);
        command.Parameters.AddWithValue(caller.Workspace);
        command.Parameters.AddWithValue(brand is null or { Length: 0 });
        command.Parameters.AddWithValue(brand ?? []);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (reader.GetInt16(0) < 0)
            {
                filtered = reader.GetInt64(2);
                continue;
            }

            var stands = (MentionStatus)reader.GetInt16(0);
            var label = reader.GetInt16(1);
            var count = reader.GetInt64(2);
            byStatus[stands.ToString().ToLowerInvariant()] += count;
            if (counted.Contains(stands))
            {
                bySentiment[label == InboxRows.Unscored ? "unscored" : ((Sentiment)label).ToString().ToLowerInvariant()] += count;
            }

            if (stands <= MentionStatus.Claimed && label == (short)Sentiment.Negative)
            {
                openNegative += count;
            }
        }

        return TypedResults.Ok(new InboxCounts(byStatus, bySentiment, openNegative, Math.Min(filtered, MostFiltered), filtered > MostFiltered));
    }
}
