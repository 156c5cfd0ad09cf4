using System.Text.Json;

namespace Serm.Ingest.Connectors.X;

/// <summary>The rules of X's filtered stream, kept the same as the searches of the source. Rules of other programs are left alone.</summary>
internal static class XRules
{
    /// <summary>Marks the rules that are Serm's.</summary>
    public const string Tag = "serm";

    private const string Path = "/2/tweets/search/stream/rules";

    /// <summary>Adds what is missing, and deletes what is no longer wanted.</summary>
    /// <exception cref="NetworkFailure">X takes a search for no rule, or there are too many.</exception>
    public static async Task KeepAsync(Reading reading, XOptions options, IReadOnlyList<string> queries, CancellationToken cancellationToken)
    {
        var known = (await XConnector.FreeAsync(reading, options, HttpMethod.Get, Path, "rules", null, cancellationToken)).Items("data").Where(r => r.Text("tag") == Tag).Select(r => (Id: r.Text("id"), Value: r.Text("value"))).ToList();
        if (known.Where(r => !queries.Contains(r.Value, StringComparer.Ordinal)).Select(r => r.Id).OfType<string>().ToList() is { Count: > 0 } old)
        {
            await XConnector.FreeAsync(reading, options, HttpMethod.Post, Path, "rules", new { delete = new { ids = old } }, cancellationToken);
        }

        if (queries.Except(known.Select(r => r.Value!), StringComparer.Ordinal).ToList() is { Count: > 0 } missing)
        {
            var answer = await XConnector.FreeAsync(reading, options, HttpMethod.Post, Path, "rules", new { add = missing.Select(q => new { value = q, tag = Tag }) }, cancellationToken);

            // Another program's rule of the same words brings the same posts, but not to us by our tag: that is told as well.
            if (answer.Items("errors").FirstOrDefault() is { ValueKind: JsonValueKind.Object } wrong)
            {
                throw new NetworkFailure("rule_refused", $"X does not take search {queries.ToList().IndexOf(wrong.Text("value") ?? "") + 1} of this source as a rule of its stream. Check its operators, or search instead of listening.", permanent: true);
            }
        }
    }
}
