using Microsoft.Extensions.Localization;
using MudBlazor;
using Serm.Gateway.Clients;

namespace Serm.Gateway.Pages;

/// <summary>What a person does with a mention on a page, and what the page says when it cannot be done.</summary>
internal sealed class Desk(MentionsClient mentions, TriageClient triage, Questions questions, ISnackbar snackbar, IStringLocalizer<Texts> texts)
{
    private const int MostUnsent = 50;

    private readonly OrderedDictionary<(Guid Mention, string Field), string> _unsent = [];

    /// <summary>What was begun and not sent: who comes back to a mention goes on with it. Empty when there is none.</summary>
    /// <param name="field">The id of the field.</param>
    public string Unsent(Guid mention, string field) => _unsent.GetValueOrDefault((mention, field), "");

    /// <summary>Keeps what is being written; empty forgets it. The fields that were left alone longest are forgotten when there are too many.</summary>
    public void KeepUnsent(Guid mention, string field, string text)
    {
        _unsent.Remove((mention, field));
        if (text.Length > 0)
        {
            _unsent.Add((mention, field), text);
        }

        if (_unsent.Count > MostUnsent)
        {
            _unsent.RemoveAt(0);
        }
    }

    /// <summary>Forgets what was sent, but not what has been written since.</summary>
    public void ForgetUnsent(Guid mention, string field, string sent)
    {
        if (Unsent(mention, field) == sent)
        {
            _unsent.Remove((mention, field));
        }
    }

    /// <summary>Does something with the mention, and asks for what it takes.</summary>
    /// <param name="verb">The last part of the address: <c>claim</c>, <c>snooze</c>, ...</param>
    /// <returns>The mention as it is now; null when that is not known or the person thought better of it.</returns>
    public async Task<MentionItem?> DoAsync(MentionItem mention, string verb, CancellationToken ct) => await questions.ForAsync(verb) switch
    {
        { Cancelled: true } => null,
        { Body: { } body } => await DoAsync(mention, verb, body, ct),
        _ => (await TryAsync(mention, (m, c) => mentions.DoAsync(m, verb, c), ct)).Mention,
    };

    /// <summary>Does something with the mention that takes more than its name.</summary>
    public async Task<MentionItem?> DoAsync(MentionItem mention, string verb, object body, CancellationToken ct) => (await TryAsync(mention, (m, c) => triage.DoAsync(m, verb, body, c), ct)).Mention;

    /// <summary>Keeps a draft of an answer.</summary>
    /// <returns>The mention as it is now, and whether the draft was written.</returns>
    public Task<(MentionItem? Mention, bool Written)> DraftAsync(MentionItem mention, string text, CancellationToken ct) => TryAsync(mention, (m, c) => triage.DoAsync(m, "draft", new { text }, c), ct);

    /// <summary>Sends an answer through the network.</summary>
    /// <param name="then">What follows once it is sent; null when nothing does.</param>
    /// <param name="again">The last one may be there, and the person has looked: it is not.</param>
    /// <returns>The mention as it is now, and whether it was taken.</returns>
    public Task<(MentionItem? Mention, bool Done)> SendAsync(MentionItem mention, string text, string? then, bool again, CancellationToken ct) =>
        TryAsync(mention, (m, c) => triage.DoAsync(m, "send", new { text, then, again }, c), ct, still: now => Answers(now) == Answers(mention));

    /// <summary>Writes a note.</summary>
    /// <returns>The mention as it is now, and whether the note was written.</returns>
    public async Task<(MentionItem? Mention, bool Written)> NoteAsync(MentionItem mention, string text, CancellationToken ct)
    {
        try
        {
            return (await mentions.NoteAsync(mention, text, ct), true);
        }
        catch (Refusal e) when (e.Status == 412)
        {
            // A note contradicts nobody: it goes on what is there now.
            try
            {
                var now = await mentions.GetAsync(mention.Id, ct);
                return (await mentions.NoteAsync(now, text, ct), true);
            }
            catch (Refusal again)
            {
                return (await ExplainAsync(mention, again, ct), false);
            }
        }
        catch (Refusal e)
        {
            return (await ExplainAsync(mention, e, ct), false);
        }
    }

    // Whoever answers decides on what was answered before.
    private static (DateTimeOffset?, Guid?, ReplyState?) Answers(MentionItem mention) => (mention.RepliedAt, mention.Reply?.Id, mention.Reply?.State);

    private async Task<(MentionItem? Mention, bool Done)> TryAsync(MentionItem mention, Func<MentionItem, CancellationToken, Task<MentionItem>> act, CancellationToken ct, Func<MentionItem, bool>? still = null)
    {
        try
        {
            return (await act(mention, ct), true);
        }
        catch (Refusal e) when (e.Status == 412)
        {
            return await AgainAsync(mention, e, act, still, ct);
        }
        catch (Refusal e)
        {
            return (await ExplainAsync(mention, e, ct), false);
        }
    }

    // A new verdict or a note of a colleague is no collision: what the person decided on is still so.
    private async Task<(MentionItem? Mention, bool Done)> AgainAsync(
        MentionItem seen, Refusal refusal, Func<MentionItem, CancellationToken, Task<MentionItem>> act, Func<MentionItem, bool>? still, CancellationToken ct)
    {
        try
        {
            var now = await mentions.GetAsync(seen.Id, ct);
            if ((now.Status, now.Owner, now.Revision) == (seen.Status, seen.Owner, seen.Revision) && still?.Invoke(now) != false)
            {
                return (await act(now, ct), true);
            }
        }
        catch (Refusal e)
        {
            refusal = e;
        }

        return (await ExplainAsync(seen, refusal, ct), false);
    }

    // Says why, and fetches what is true now.
    private async Task<MentionItem?> ExplainAsync(MentionItem mention, Refusal refusal, CancellationToken ct)
    {
        var conflict = refusal.Status is 409 or 412;
        MentionItem? now = null;
        if (conflict)
        {
            try
            {
                now = await mentions.GetAsync(mention.Id, ct);
            }
            catch (Refusal)
            {
                // The first refusal says enough.
            }
        }

        var owner = now?.Owner ?? refusal.Owner;
        var text = refusal.Status == 412
            ? now is { Reply: { State: ReplyState.UnderWay } reply } ? texts["Conflict.Sending", reply.By]
            : now?.RepliedAt > (mention.RepliedAt ?? DateTimeOffset.MinValue) ? texts["Conflict.Answered"]
            : owner is null ? texts["Conflict.Changed", texts[$"Status.{now?.Status ?? mention.Status}"]] : texts["Conflict.Owner", owner]
            : refusal.Message;
        snackbar.Add(text, conflict ? Severity.Warning : Severity.Error, o => o.VisibleStateDuration = 10_000);
        return now;
    }
}
