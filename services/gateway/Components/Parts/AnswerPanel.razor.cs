using System.Globalization;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using Serm.Gateway.Clients;
using Serm.Gateway.Pages;

namespace Serm.Gateway.Components.Parts;

/// <summary>The answer to a mention: its draft, sending it where the source can, and what became of it.</summary>
public sealed partial class AnswerPanel : IDisposable
{
    // The mentions service takes no more, whatever the network does.
    private const int MostEver = 4_000;

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _end = new();
    private Guid _shown;
    private Guid? _back;
    private string _draft = "";
    private string _kept = "";
    private string? _given;
    private AnswerWay? _way;
    private bool _busy;
    private bool _ticking;

    [Inject]
    private Desk Desk { get; set; } = default!;

    [Inject]
    private Answering Answering { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    [Inject]
    private TimeProvider Clock { get; set; } = default!;

    /// <summary>The mention.</summary>
    [Parameter, EditorRequired]
    public MentionItem Mention { get; set; } = default!;

    /// <summary>The draft that is kept; null while not known.</summary>
    [Parameter]
    public string? Draft { get; set; }

    /// <summary>The answer that was sent, with its text; null while not known.</summary>
    [Parameter]
    public ReplyItem? Sent { get; set; }

    /// <summary>Does something that the page may want to follow with more.</summary>
    [Parameter, EditorRequired]
    public Func<string, Task> Act { get; set; } = default!;

    /// <summary>Told when the mention has another state.</summary>
    [Parameter]
    public EventCallback<MentionItem> Changed { get; set; }

    // The row knows first; its text comes after.
    private ReplyItem? Reply => Mention.Reply is { } row && Sent is { } whole && whole.Id == row.Id && whole.State == row.State ? whole : Mention.Reply;

    // As sources count it.
    private int Length => _draft.Trim().Length;

    private int Most => Math.Min(_way?.Told.MaxLength ?? MostEver, MostEver);

    private bool MaySend => !_busy && _way is { Told.Can: true } way && !Mention.Removed && Length >= Math.Max(1, way.Told.MinLength) && Length <= Most;

    /// <inheritdoc/>
    public void Dispose() => _end.Cancel();

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (_shown != Mention.Id)
        {
            (_shown, _draft, _kept, _given, _back, _way) = (Mention.Id, Desk.Unsent(Mention.Id, "draft"), "", null, null, null);
        }

        // What is being written is not overwritten, nor what was saved by what was known before.
        if (Draft is { } draft && draft != _given)
        {
            (_draft, _kept) = (_draft == _kept ? draft : _draft, draft);
            Desk.ForgetUnsent(Mention.Id, "draft", draft);
        }

        _given = Draft;
        if (Reply is { Failed: true, Text: { } text } failed && failed.Id != _back)
        {
            _back = failed.Id;
            (_draft, _kept) = _draft.Length == 0 ? (text, text) : (_draft, _kept);
        }

        _ = TickAsync();
        if (RendererInfo.IsInteractive && Mention.IsAlive)
        {
            var (source, way) = (Mention.SourceId, await Answering.OfAsync(Mention));
            _way = source == Mention.SourceId ? way : _way;
        }
    }

    private static string Number(int count) => count.ToString("N0", CultureInfo.CurrentCulture);

    // How long it has been under way grows.
    private async Task TickAsync()
    {
        if (_ticking)
        {
            return;
        }

        _ticking = true;
        try
        {
            while (Reply is { State: ReplyState.UnderWay })
            {
                await Task.Delay(Tick, Clock, _end.Token);
                await InvokeAsync(StateHasChanged);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The mention was left.
        }
        finally
        {
            _ticking = false;
        }
    }

    private void Keep() => Desk.KeepUnsent(Mention.Id, "draft", _draft == _kept ? "" : _draft);

    private Task DraftAsync()
    {
        var (id, draft) = (Mention.Id, _draft);
        return TellAsync(async () =>
        {
            var (now, written) = await Desk.DraftAsync(Mention, draft, _end.Token);
            if (written)
            {
                Desk.ForgetUnsent(id, "draft", draft);
                _kept = id == Mention.Id ? draft : _kept;
            }

            return now;
        });
    }

    private async Task SendAsync(bool again)
    {
        if (!MaySend)
        {
            return;
        }

        var (mention, written, text) = (Mention, _draft, _draft.Trim());
        var dialog = await Dialogs.ShowAsync<SendDialog>(L["Send.Title"], new DialogParameters<SendDialog> { { d => d.Text, text }, { d => d.Network, _way!.Network }, { d => d.Source, mention.SourceName } });
        if (await dialog.Result is not { Canceled: false, Data: string then } || mention.Id != Mention.Id)
        {
            return;
        }

        await TellAsync(async () =>
        {
            var (now, done) = await Desk.SendAsync(Mention, text, then.Length > 0 ? then : null, again, _end.Token);
            if (done)
            {
                Desk.ForgetUnsent(mention.Id, "draft", written);
                if (mention.Id == Mention.Id && _draft == written)
                {
                    (_draft, _kept) = ("", "");
                }
            }

            return now;
        });
        StateHasChanged();
    }

    private async Task TellAsync(Func<Task<MentionItem?>> act)
    {
        _busy = true;
        var now = await act();
        _busy = false;
        if (now is not null)
        {
            await Changed.InvokeAsync(now);
        }
    }
}
