using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Serm.Gateway.Auth;
using Serm.Gateway.Clients;
using Serm.Gateway.Pages;

namespace Serm.Gateway.Components.Parts;

/// <summary>Everything about one mention, and what can be done with it.</summary>
public sealed partial class MentionDetail : IDisposable
{
    // Presence lives for 30 seconds.
    private static readonly TimeSpan PresenceAgain = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource _end = new();
    private (Guid Id, int Version) _loaded;
    private Ledger? _ledger;
    private VerdictWhy? _why;
    private IReadOnlyList<HistoryItem>? _history;
    private string? _draft;
    private ReplyItem? _reply;
    private Guid? _reading;
    private IReadOnlyList<string> _others = [];
    private string? _problem;
    private bool _busy;

    /// <summary>The mention as it was last seen.</summary>
    [Parameter, EditorRequired]
    public MentionItem Mention { get; set; } = default!;

    /// <summary>Told when the mention has another state.</summary>
    [Parameter]
    public EventCallback<MentionItem> Changed { get; set; }

    /// <summary>Does something with the mention by name: the page may want to do more than that.</summary>
    [Parameter, EditorRequired]
    public Func<MentionItem, string, Task> Act { get; set; } = default!;

    /// <summary>Where the close button goes; null for none.</summary>
    [Parameter]
    public string? CloseHref { get; set; }

    /// <summary>Who else reads it right now.</summary>
    [Parameter]
    public IReadOnlyList<string> ReadBy { get; set; } = [];

    [Inject]
    private TriageClient Triage { get; set; } = default!;

    [Inject]
    private TimeProvider Clock { get; set; } = default!;

    [Inject]
    private MentionsClient Mentions { get; set; } = default!;

    [Inject]
    private Desk Desk { get; set; } = default!;

    [Inject]
    private Viewer Viewer { get; set; } = default!;

    [Inject]
    private IAuthorizationService Authorization { get; set; } = default!;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = default!;

    /// <inheritdoc/>
    public void Dispose() => _end.Cancel();

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (_loaded == (Mention.Id, Mention.Version))
        {
            return;
        }

        var another = _loaded.Id != Mention.Id;
        _loaded = (Mention.Id, Mention.Version);
        if (another)
        {
            (_ledger, _why, _history, _draft, _reply, _others, _problem) = (null, null, null, null, null, [], null);
            await OpenAsync();
        }

        await LoadAsync();
    }

    private string Note
    {
        get => Desk.Unsent(Mention.Id, "note");
        set => Desk.KeepUnsent(Mention.Id, "note", value);
    }

    // What was found at the last telling, and what was heard since.
    private IReadOnlyList<string> Reading => ReadBy.Count == 0 ? _others : [.. ReadBy.Union(_others)];

    /// <summary>An address of a stranger as a link may have it; null when it leads to no page.</summary>
    internal static string? Safe(string? url) => Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address.AbsoluteUri : null;

    // The ledger counts when a person who triages has opened it for the first time.
    private async Task OpenAsync()
    {
        try
        {
            if ((await Authorization.AuthorizeAsync((await Authentication).User, Access.Triage)).Succeeded)
            {
                _ = ReadAsync(Mention.Id);
                var opened = await Mentions.OpenedAsync(Mention.Id, _end.Token);
                if (opened.Version > Mention.Version && opened.Id == Mention.Id)
                {
                    _loaded = (opened.Id, opened.Version);
                    await Changed.InvokeAsync(opened);
                }
            }
        }
        catch (Exception e) when (e is Refusal or OperationCanceledException)
        {
            // Reading goes on: that it was opened is told the next time.
        }
    }

    // Told again before it fades, for as long as this mention is open.
    private async Task ReadAsync(Guid id)
    {
        _reading = id;
        try
        {
            while (_reading == id)
            {
                var told = await Triage.PresenceAsync(id, reading: true, _end.Token);
                _others = _reading == id ? told.ReadBy : _others;
                await InvokeAsync(StateHasChanged);
                await Task.Delay(PresenceAgain, Clock, _end.Token);
            }
        }
        catch (Exception e) when (e is Refusal or OperationCanceledException or ObjectDisposedException)
        {
            // A hint that is not told misleads nobody.
        }
    }

    private async Task LoadAsync()
    {
        var id = Mention.Id;
        try
        {
            var one = Mentions.GetAsync(id, _end.Token);
            var history = await Mentions.HistoryAsync(id, _end.Token);
            var now = await one;
            if (id != Mention.Id)
            {
                return;
            }

            (_ledger, _why, _history, _draft, _reply, _problem) = (now.Latency, now.Why, history, now.Draft, now.Reply, null);
            if (now.Version > Mention.Version)
            {
                _loaded = (id, now.Version);
                await Changed.InvokeAsync(now);
            }
        }
        catch (Refusal e)
        {
            _problem = id == Mention.Id ? e.Message : _problem;
        }
        catch (OperationCanceledException)
        {
            // The page was closed.
        }
    }

    private async Task DoAsync(string verb)
    {
        _busy = true;
        try
        {
            await Act(Mention, verb);
        }
        finally
        {
            _busy = false;
        }
    }

    private async Task NoteAsync()
    {
        if (_busy || string.IsNullOrWhiteSpace(Note))
        {
            return;
        }

        _busy = true;
        var (id, note) = (Mention.Id, Note);
        var (now, written) = await Desk.NoteAsync(Mention, note, _end.Token);
        _busy = false;
        if (written)
        {
            Desk.ForgetUnsent(id, "note", note);
        }

        if (now is not null)
        {
            await Changed.InvokeAsync(now);
        }
    }
}
