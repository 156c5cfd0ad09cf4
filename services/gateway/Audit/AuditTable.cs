using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Serm.Defaults;

namespace Serm.Gateway.Audit;

/// <summary>Changes as a table: a line for each value that was changed, or for a change without any. What people wrote is no formula in it.</summary>
internal static class AuditTable
{
    /// <summary>Changes that a table has at most.</summary>
    public const int Most = 10_000;

    /// <summary>The header; never changed, and new columns come last.</summary>
    public static readonly string[] Columns = ["id", "at", "by", "service", "kind", "aboutId", "about", "field", "before", "after", "secret"];

    /// <summary>All that there are, the newest first, at most <see cref="Most"/>. A table that a service is missing from would be taken for a whole one.</summary>
    /// <exception cref="RuleViolation">503: a service does not answer.</exception>
    public static async Task<FileContentHttpResult> FileAsync(AuditReader reader, Caller caller, AuditQuery query, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var items = new List<AuditEntry>();
        var cursor = query.Cursor;
        do
        {
            var page = await reader.PageAsync(caller, query with { Limit = Math.Min(AuditReader.Most, Most - items.Count), Cursor = cursor }, cancellationToken);
            if (page.Missing.Count > 0)
            {
                throw new RuleViolation(
                    "service_unavailable", $"The service {string.Join(", ", page.Missing)} does not answer, and the table would lack what was changed there. Try again shortly.", StatusCodes.Status503ServiceUnavailable,
                    extensions: new Dictionary<string, object?>(StringComparer.Ordinal) { ["missing"] = page.Missing });
            }

            items.AddRange(page.Items);
            cursor = page.NextCursor;
        }
        while (cursor is not null && items.Count < Most);

        return TypedResults.File(Encoding.UTF8.GetBytes(Of(items)), Csv.MediaType, $"serm-changes-{now.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}.csv");
    }

    /// <summary>The table; times are of UTC.</summary>
    public static string Of(IEnumerable<AuditEntry> items)
    {
        var lines = new StringBuilder().Append(Csv.Mark);
        Csv.Add(lines, Columns, TimeZoneInfo.Utc);
        foreach (var e in items)
        {
            foreach (var c in e.Changes.DefaultIfEmpty())
            {
                Csv.Add(lines, [e.Id.ToString(), e.At, e.By, e.Service, e.Kind, e.About?.Id, e.About?.Name, c?.Field, c?.Before, c?.After, c?.Secret], TimeZoneInfo.Utc);
            }
        }

        return lines.ToString();
    }
}
