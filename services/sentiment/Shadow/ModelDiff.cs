using Microsoft.AspNetCore.Http.HttpResults;
using Serm.Contracts;
using Serm.Defaults;
using Serm.Sentiments.Scoring;

namespace Serm.Sentiments.Shadow;

/// <summary>A recent mention that a model would judge otherwise.</summary>
/// <param name="MentionId">The mention.</param>
/// <param name="BrandId">Its brand.</param>
/// <param name="Language">ISO code.</param>
/// <param name="Text">Its beginning: title and text, at most 300 characters.</param>
/// <param name="SeenAt">When it was seen.</param>
/// <param name="From">The label that the model in use gives.</param>
/// <param name="To">The label that the other gives.</param>
/// <param name="NegativeFrom">Probability by the model in use.</param>
/// <param name="NegativeTo">Probability by the other.</param>
internal sealed record ChangedVerdict(Guid MentionId, Guid BrandId, string Language, string Text, DateTimeOffset SeenAt, Sentiment From, Sentiment To, float NegativeFrom, float NegativeTo);

/// <summary>What a model would change.</summary>
/// <param name="InUse">What it is compared with.</param>
/// <param name="Version">The model.</param>
/// <param name="Sampled">Recent mentions that both judged: a sample of what came in last.</param>
/// <param name="Changed">How many of them get another label.</param>
/// <param name="Moves">How many go from which label to which, as in <c>neutral_negative</c>.</param>
/// <param name="Examples">The newest of those that change, at most 100.</param>
internal sealed record DiffView(string InUse, string Version, int Sampled, int Changed, IReadOnlyDictionary<string, int> Moves, IReadOnlyList<ChangedVerdict> Examples);

/// <summary>Shows before a promotion what it would change.</summary>
internal static class ModelDiff
{
    private const int MostExamples = 100;
    private const int LongestText = 300;

    public static async Task<Ok<DiffView>> Handle(string version, [AsParameters] ModelDesk desk, CancellationToken cancellationToken)
    {
        var workspace = desk.Caller.Workspace;
        var other = await OtherAsync(version, desk, cancellationToken) ?? throw RuleViolation.NotFound("model");
        var inUse = await desk.Models.GetAsync(workspace, cancellationToken);
        var sample = await RecentMentions.LoadAsync(desk.DataSource, workspace, corrected: true, cancellationToken);
        var changed = new List<ChangedVerdict>();
        foreach (var m in sample)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (before, after) = (inUse.Score(m.Title, m.Text, m.Language, m.Names, explain: false), other.Score(m.Title, m.Text, m.Language, m.Names, explain: false));
            if (before.Label != after.Label)
            {
                changed.Add(new(m.MentionId, m.BrandId, m.Language, Beginning(m), m.SeenAt, before.Label, after.Label, before.Negative, after.Negative));
            }
        }

        var moves = changed.CountBy(c => $"{c.From}_{c.To}".ToLowerInvariant(), StringComparer.Ordinal).OrderBy(m => m.Key, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        return TypedResults.Ok(new DiffView(inUse.Version, other.Version, sample.Count, changed.Count, moves, [.. changed.Take(MostExamples)]));
    }

    // By its version, or the id of its training.
    private static async Task<IJudge?> OtherAsync(string version, ModelDesk desk, CancellationToken cancellationToken)
    {
        var (workspace, models) = (desk.Caller.Workspace, desk.Models);
        if (version == models.Shipped.Version)
        {
            return await models.FindAsync(workspace, version, cancellationToken);
        }

        if (await ModelRows.FindAsync(desk.DataSource, workspace, version, models.Basis, cancellationToken) is not { Version: { } learnt } model)
        {
            return null;
        }

        ModelRows.RequireCurrent(model, models.Shipped.Version);
        return await models.FindAsync(workspace, learnt, cancellationToken);
    }

    private static string Beginning(RecentMention m)
    {
        var text = m.Title is null ? m.Text : $"{m.Title}: {m.Text}";
        return text.Length <= LongestText ? text : text[..(char.IsHighSurrogate(text[LongestText - 1]) ? LongestText - 1 : LongestText)];
    }
}
