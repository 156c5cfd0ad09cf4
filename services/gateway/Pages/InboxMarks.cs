using Microsoft.AspNetCore.Components;
using MudBlazor;
using Serm.Gateway.Clients;

namespace Serm.Gateway.Pages;

/// <content>What a person does: with one mention, with all that are marked, and taking it back.</content>
public sealed partial class Inbox
{
    // The API takes as many in one step.
    private const int MostMarked = 500;

    private readonly HashSet<Guid> _marked = [];
    private readonly KeyTurns _turns = new();
    private Guid? _lastStep;
    private bool _stepping;

    [Inject]
    private TriageClient Triage { get; set; } = default!;

    [Inject]
    private Questions Questions { get; set; } = default!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = default!;

    private Task MarkAsync(Guid id)
    {
        if (!_marked.Remove(id) && _marked.Count < MostMarked)
        {
            _marked.Add(id);
        }

        return LetGoAsync();
    }

    private void MarkAll() => _marked.UnionWith(_list.Items.Select(i => i.Id).Take(MostMarked - _marked.Count));

    private Task UnmarkAsync()
    {
        _marked.Clear();
        return LetGoAsync();
    }

    private async Task StepAsync(string action)
    {
        var chosen = _list.Items.Where(i => _marked.Contains(i.Id)).ToList();
        if (chosen.Count == 0 || _stepping || await Questions.ForAsync(action) is not { Cancelled: false } answer)
        {
            return;
        }

        var step = new Dictionary<string, object>(answer.Body ?? new Dictionary<string, object>(StringComparer.Ordinal), StringComparer.Ordinal) { ["action"] = action };
        await TellAsync(
            () => Triage.BulkAsync(step, chosen, CancellationToken.None),
            outcome =>
            {
                _lastStep = outcome.Id;

                // What was edited since stays marked: whoever has read what it says now does it again.
                var edited = outcome.Results.Where(r => r.Code == "edited_since").Select(r => r.Id).ToList();
                _marked.Clear();
                _marked.UnionWith(edited);
                var text = L["Bulk.Done", L[$"Bulk.{action}"], outcome.Done, chosen.Count] + (edited.Count > 0 ? " · " + L["Bulk.EditedSince", edited.Count] : "") + Refused(outcome);
                Snackbar.Add(text, outcome.Done == chosen.Count ? MudBlazor.Severity.Normal : MudBlazor.Severity.Warning, o =>
                {
                    o.VisibleStateDuration = 15_000;
                    o.Action = L["Bulk.Undo"];
                    o.OnClick = _ => InvokeAsync(() => UndoAsync(outcome.Id));
                }, outcome.Id.ToString());
                return text;
            });
    }

    private string Refused(BulkOutcome outcome) => string.Concat(outcome.Results
        .Where(r => r is { Done: false, Detail: not null } && r.Code != "edited_since")
        .GroupBy(r => r.Detail!, StringComparer.Ordinal)
        .Select(g => " · " + L["Bulk.Why", g.Count(), g.Key]));

    private async Task ActAsync(MentionItem mention, string verb)
    {
        var next = verb switch
        {
            "resolve" or "dismiss" or "snooze" or "wait" => Neighbour(mention.Id, 1) ?? Neighbour(mention.Id, -1),
            "restore" => _list.Items.SkipWhile(i => i.Id != mention.Id).Skip(1).FirstOrDefault(i => i.FilteredBy is not null)?.Id,
            _ => null,
        };
        var now = await Desk.DoAsync(mention, verb, _end.Token);
        if (now is null)
        {
            return;
        }

        await ChangedAsync(now);
        Say(L["Said.Done", L[$"Status.{now.Status}"], now.BrandName]);
        if (next is { } there && (verb == "restore" || !now.IsOpen) && SelectedId == mention.Id)
        {
            await OpenAsync(there);
        }

        StateHasChanged();
    }

    private Guid? Neighbour(Guid id, int step)
    {
        for (var at = _list.Items.ToList().FindIndex(i => i.Id == id) + step; at >= 0 && at < _list.Items.Count; at += step)
        {
            if (_list.Items[at].IsOpen || step < 0)
            {
                return _list.Items[at].Id;
            }
        }

        return null;
    }

    private async Task UndoAsync(Guid step)
    {
        if (_stepping)
        {
            return;
        }

        _lastStep = _lastStep == step ? null : _lastStep;
        Snackbar.RemoveByKey(step.ToString());
        await TellAsync(
            () => Triage.UndoAsync(step, CancellationToken.None),
            outcome =>
            {
                var text = L["Bulk.Undone", outcome.Done, outcome.Results.Count];
                Snackbar.Add(text, outcome.Done == outcome.Results.Count ? MudBlazor.Severity.Normal : MudBlazor.Severity.Warning);
                return text;
            });
    }

    // What became of each row comes by the live events, as for every colleague; the first to see it is the one who did it.
    // The toast outlives the page: what was asked for is done and told, even when the page has been left.
    private async Task TellAsync(Func<Task<BulkOutcome>> act, Func<BulkOutcome, string> say)
    {
        _stepping = true;
        try
        {
            var outcome = await act();
            Say(say(outcome));
            if (_end.IsCancellationRequested)
            {
                return;
            }

            await MergeAsync([.. outcome.Results.Select(r => r.Id)]);
            await LetGoAsync();
        }
        catch (Refusal e)
        {
            Snackbar.Add(e.Message, MudBlazor.Severity.Error);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        finally
        {
            _stepping = false;
        }

        StateHasChanged();
        _ = CountAsync();
    }
}
