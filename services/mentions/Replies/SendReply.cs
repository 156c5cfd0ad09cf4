using Microsoft.AspNetCore.Http.HttpResults;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>An answer to send through the mention's network.</summary>
/// <param name="Text">Plain text, 1 to 4,000 characters; of control characters only line breaks. What the network takes may be less.</param>
/// <param name="Then"><c>waiting</c> or <c>resolved</c>: what follows once it is sent. Left out, the status stays.</param>
/// <param name="Again">True to send although the last answer may be on the network: somebody has looked, and it is not.</param>
public sealed record SendRequest(string? Text, MentionStatus? Then = null, bool Again = false);

/// <summary>Answering on the network itself: what is asked for is stored, and ingest sends it.</summary>
internal static class SendReply
{
    public static void MapSending(this RouteGroupBuilder mentions) => mentions.MapPost("{id:guid}/send", HandleAsync)
        .WithName("SendReply").WithSummary("Answer a mention through its network: it is under way until the network's word is known").TakesVersion().RequireRole(Role.Moderator, Role.Manager);

    /// <summary>A text as it is sent.</summary>
    /// <exception cref="RuleViolation">400: empty, too long, or with characters that are no text.</exception>
    internal static string Checked(string? text)
    {
        var plain = (text ?? "").ReplaceLineEndings("\n").Trim();
        if (plain.Length is 0 or > Decide.MaxReply)
        {
            throw RuleViolation.Invalid("text", "out_of_range", $"Write 1 to {Decide.MaxReply} characters.");
        }

        return plain.EnumerateRunes().Any(r => r == System.Text.Rune.ReplacementChar || (System.Text.Rune.IsControl(r) && r.Value is not '\n'))
            ? throw RuleViolation.Invalid("text", "text_invalid", "The text has control characters or broken ones. Leave them out; line breaks may stay.")
            : plain;
    }

    private static async Task<Ok<MentionView>> HandleAsync(Guid id, SendRequest body, HttpRequest request, [AsParameters] Desk desk, CancellationToken cancellationToken)
    {
        var text = Checked(body.Text);
        var version = request.RequiredVersion();
        await ReplyPace.TakeAsync(desk.DataSource, desk.Caller, desk.Clock.GetUtcNow(), cancellationToken);
        var replyId = Guid.CreateVersion7(desk.Clock.GetUtcNow());
        return await desk.ApplyAsync(
            id,
            version,
            (state, by) => Decide.Send(state, by, replyId, body.Then, body.Again),
            cancellationToken,
            session => session.QueueSqlCommand('^', "insert into mentions.notes (workspace, mention_id, note_id, text) values (^, ^, ^, ^)", session.TenantId, id, replyId, text));
    }
}
