using Microsoft.AspNetCore.Http.HttpResults;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>What a mention really says of the brand.</summary>
/// <param name="Label"><c>negative</c>, <c>neutral</c> or <c>positive</c>; the label that it has confirms the model.</param>
/// <param name="Reason">Why, for colleagues: 1 to 500 characters; may be left out.</param>
public sealed record CorrectRequest(Sentiment? Label, string? Reason = null);

/// <summary>Correcting the model, and taking that back.</summary>
internal static class CorrectMention
{
    private const int LongestReason = 500;

    public static void MapCorrections(this RouteGroupBuilder mentions)
    {
        mentions.MapPost("{id:guid}/correct", CorrectAsync)
            .WithName("CorrectMention").WithSummary("Say what a mention really says: counts instead of the model's verdict, and teaches it").TakesVersion().RequireRole(Role.Moderator, Role.Manager);
        mentions.MapPost("{id:guid}/withdraw-correction", (Guid id, HttpRequest request, [AsParameters] Desk desk, CancellationToken ct) =>
                desk.ApplyAsync(id, request.RequiredVersion(), CorrectionDecider.Withdraw, ct))
            .WithName("WithdrawCorrection").WithSummary("Take a correction back: the model's verdict counts again").TakesVersion().RequireRole(Role.Moderator, Role.Manager);
    }

    private static Task<Ok<MentionView>> CorrectAsync(Guid id, CorrectRequest body, HttpRequest request, [AsParameters] Desk desk, CancellationToken cancellationToken)
    {
        var label = body.Label ?? throw RuleViolation.Invalid("label", "label_required", "Say what it is: negative, neutral or positive.");
        var reason = body.Reason?.Trim().Replace("\0", "", StringComparison.Ordinal);
        if (reason?.Length > LongestReason)
        {
            throw RuleViolation.Invalid("reason", "out_of_range", $"A reason takes up to {LongestReason} characters.");
        }

        Guid? reasonId = string.IsNullOrEmpty(reason) ? null : Guid.CreateVersion7();
        return desk.ApplyAsync(
            id,
            request.RequiredVersion(),
            (state, by) => CorrectionDecider.Correct(state, by, label, reasonId),
            cancellationToken,
            session =>
            {
                if (reasonId is { } noteId)
                {
                    session.QueueSqlCommand('^', "insert into mentions.notes (workspace, mention_id, note_id, text) values (^, ^, ^, ^)", session.TenantId, id, noteId, reason!);
                }
            });
    }
}
