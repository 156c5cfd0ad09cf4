using System.Text.Json;
using Serm.Ingest.Sources;

namespace Serm.Ingest.Connectors.X;

/// <summary>The rules of X's filtered stream, kept the same as the searches of the source. Rules of other sources and programs on the same application are left alone.</summary>
internal static class XRules
{
    private const string Path = "/2/tweets/search/stream/rules";

    /// <summary>Marks the rules that are a source's own.</summary>
    public static string TagOf(Source source) => $"serm:{source.Id:N}";

    /// <summary>Adds what is missing, and deletes what is no longer wanted.</summary>
    /// <param name="queries">The searches; none to delete all rules of the source.</param>
    /// <exception cref="NetworkFailure">X takes a search for no rule, has it as somebody else's, or there are too many.</exception>
    public static async Task KeepAsync(Reading reading, XOptions options, IReadOnlyList<string> queries, CancellationToken cancellationToken)
    {
        var tag = TagOf(reading.Source);
        var known = (await XConnector.FreeAsync(reading, options, HttpMethod.Get, Path, "rules", null, cancellationToken)).Items("data").Where(r => r.Text("tag") == tag).Select(r => (Id: r.Text("id"), Value: r.Text("value"))).ToList();
        if (known.Where(r => !queries.Contains(r.Value, StringComparer.Ordinal)).Select(r => r.Id).OfType<string>().ToList() is { Count: > 0 } old)
        {
            await XConnector.FreeAsync(reading, options, HttpMethod.Post, Path, "rules", new { delete = new { ids = old } }, cancellationToken);
        }

        if (queries.Except(known.Select(r => r.Value!), StringComparer.Ordinal).ToList() is { Count: > 0 } missing)
        {
            var answer = await XConnector.FreeAsync(reading, options, HttpMethod.Post, Path, "rules", new { add = missing.Select(q => new { value = q, tag }) }, cancellationToken);
            if (answer.Items("errors").FirstOrDefault() is { ValueKind: JsonValueKind.Object } wrong)
            {
                throw Refused(queries.ToList().IndexOf(wrong.Text("value") ?? "") + 1, wrong.Text("title") == "DuplicateRule");
            }
        }
    }

    // A rule of the same words that is somebody else's brings the same posts, but not by our tag.
    private static NetworkFailure Refused(int number, bool taken) => taken
        ? new("rule_taken", $"Search {number} of this source is already a rule of another source or program that uses the same application. Listen to it in one of them only, or give this source an application of its own.", permanent: true)
        : new("rule_refused", $"X does not take search {number} of this source as a rule of its stream. Check its operators, or search instead of listening.", permanent: true);
}
