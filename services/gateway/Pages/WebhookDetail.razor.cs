using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;
using MudBlazor;
using Serm.Gateway.Clients;
using Serm.Gateway.Components;
using Serm.Gateway.Components.Parts;

namespace Serm.Gateway.Pages;

/// <summary>One webhook: how it is doing, what was delivered, and what can be done about it.</summary>
public sealed partial class WebhookDetail
{
    private const string resume = "resume";
    private const string pause = "pause";
    private const string test = "test";
    private const int OverlapHours = 24;
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(3);
    private static readonly string?[] Statuses = [null, "pending", "delivered", "givenUp"];

    private readonly CancellationTokenSource _end = new();
    private Dictionary<Guid, string>? _brands;
    private Guid _shown;
    private WebhookItem? _webhook;
    private List<DeliveryItem>? _deliveries;
    private List<ReplayItem> _replays = [];
    private DeliveryFull? _open;
    private string? _status;
    private string? _cursor;
    private string? _problem;
    private bool _paged;
    private bool _busy;
    private DateTimeOffset _now;
    private DateTime _from;
    private DateTime _to;

    [Inject] private WebhooksClient Api { get; set; } = default!;

    [Inject] private BrandsClient BrandsApi { get; set; } = default!;

    [Inject] private Viewer Viewer { get; set; } = default!;

    [Inject] private TimeProvider Clock { get; set; } = default!;

    [Inject] private ISnackbar Snackbar { get; set; } = default!;

    [Inject] private IDialogService Dialogs { get; set; } = default!;

    [Inject] private NavigationManager Navigation { get; set; } = default!;

    /// <summary>The webhook.</summary>
    [Parameter] public Guid Id { get; set; }

    /// <summary>Which deliveries are shown; in the address.</summary>
    [SupplyParameterFromQuery(Name = "status")] public string? Wanted { get; set; }

    /// <inheritdoc/>
    public void Dispose() => _end.Cancel();

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        if (RendererInfo.IsInteractive)
        {
            _ = TickAsync();
        }
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (!RendererInfo.IsInteractive || _shown == Id)
        {
            return;
        }

        // A link led from another webhook's page: nothing of that one stays.
        (_shown, _webhook, _deliveries, _replays, _open) = (Id, null, null, [], null);
        (_cursor, _problem, _paged, _busy) = (null, null, false, false);
        _status = Statuses.Contains(Wanted, StringComparer.Ordinal) ? Wanted : null;
        _to = TimeZoneInfo.ConvertTime(Clock.GetUtcNow(), Viewer.Zone).DateTime.AddMinutes(1);
        _to = new(_to.Year, _to.Month, _to.Day, _to.Hour, _to.Minute, 0, DateTimeKind.Unspecified);
        _from = _to.AddHours(-1);
        await LoadAsync();
        if (_brands is not null)
        {
            return;
        }

        try
        {
            _brands = (await BrandsApi.ListAsync(_end.Token)).ToDictionary(b => b.Id, b => b.Name);
        }
        catch (Exception e) when (e is Refusal or OperationCanceledException)
        {
            // Their ids are shown instead.
        }
    }

    private async Task LoadAsync()
    {
        // What is told late of one webhook, or of other deliveries, is not shown as the next.
        var (id, status) = (Id, _status);
        try
        {
            var webhook = await Api.GetAsync(id, _end.Token);
            _webhook = id == Id ? webhook : _webhook;
            var replays = await Api.ReplaysAsync(id, _end.Token);
            _replays = id == Id ? replays : _replays;

            // Somebody who has paged on reads: the list stays as it is.
            var page = _paged ? null : await Api.DeliveriesAsync(id, status, null, _end.Token);
            if ((id, status) != (Id, _status))
            {
                return;
            }

            if (page is not null && !_paged)
            {
                (_deliveries, _cursor) = ([.. page.Items], page.NextCursor);
            }

            (_problem, _now) = (null, Clock.GetUtcNow());
        }
        catch (Refusal e)
        {
            _problem = id == Id ? e.Message : _problem;
        }
        catch (OperationCanceledException)
        {
            // The page was closed.
        }
    }

    private async Task TickAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(Refresh, Clock);
            while (await timer.WaitForNextTickAsync(_end.Token))
            {
                await InvokeAsync(async () =>
                {
                    await LoadAsync();
                    StateHasChanged();
                });
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The page was closed.
        }
    }

    private async Task ShowAsync(string? status)
    {
        (_status, _paged, _open) = (status, false, null);
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("status", status), replace: true);
        await LoadAsync();
    }

    private async Task MoreAsync()
    {
        var (id, status) = (Id, _status);
        try
        {
            var page = await Api.DeliveriesAsync(id, status, _cursor, _end.Token);
            if ((id, status) == (Id, _status))
            {
                _deliveries!.AddRange(page.Items);
                (_cursor, _paged) = (page.NextCursor, true);
            }
        }
        catch (Refusal e)
        {
            Snackbar.Add(e.Message, Severity.Error);
        }
    }

    private async Task OpenAsync(DeliveryItem delivery)
    {
        if (_open?.Delivery.EventId == delivery.EventId)
        {
            _open = null;
            return;
        }

        var id = Id;
        try
        {
            var full = await Api.DeliveryAsync(id, delivery.EventId, _end.Token);
            _open = id == Id ? full : _open;
        }
        catch (Refusal e)
        {
            Snackbar.Add(e.Message, Severity.Error);
        }
    }

    private Action Said(string text) => () => Snackbar.Add(L[text], Severity.Normal);

    private async Task DoAsync(Func<CancellationToken, Task> act, Action? done)
    {
        _busy = true;
        try
        {
            await act(_end.Token);
            done?.Invoke();
        }
        catch (Refusal e)
        {
            Snackbar.Add(e.Message, Severity.Error);
        }

        (_busy, _paged) = (false, false);
        await LoadAsync();
    }

    private Task ReplayAsync() => DoAsync(ct => Api.ReplayAsync(Id, Utc(_from), Utc(_to), ct), Said("Replay.Started"));

    // What was typed is in the reader's zone. A time that the clocks skipped is moved on by what they skipped.
    private DateTimeOffset Utc(DateTime typed)
    {
        var local = DateTime.SpecifyKind(typed, DateTimeKind.Unspecified);
        return new DateTimeOffset(local, Viewer.Zone.GetUtcOffset(local)).ToUniversalTime();
    }

    private async Task EditAsync()
    {
        var dialog = await Dialogs.ShowAsync<WebhookDialog>(L["Webhook.Change"], new DialogParameters<WebhookDialog> { { d => d.Webhook, _webhook } });
        await dialog.Result;
        await LoadAsync();
    }

    private async Task RotateAsync()
    {
        // The one that was asked about, wherever a link led meanwhile.
        var id = Id;
        if (await Dialogs.ConfirmAsync(L["Webhook.RotateTitle"], L["Webhook.RotateText", OverlapHours], L["Webhook.Rotate"]))
        {
            await DoAsync(
                async ct =>
                {
                    var rotated = await Api.RotateAsync(id, OverlapHours, ct);
                    await (await Dialogs.ShowAsync<SecretDialog>(L["Secret.Title"], new DialogParameters<SecretDialog> { { d => d.Added, rotated } }, SecretDialog.Options)).Result;
                },
                null);
        }
    }

    private async Task RemoveAsync()
    {
        if (_webhook is { } webhook && await Dialogs.ConfirmAsync(L["Webhook.RemoveTitle", webhook.Title], L["Webhook.RemoveText"], L["Remove"]))
        {
            await DoAsync(ct => Api.RemoveAsync(webhook, ct), () => Navigation.NavigateTo("/webhooks"));
        }
    }

    // A delivery that failed and will be tried again is neither new nor given up.
    private static string State(DeliveryItem delivery, WebhookItem webhook) => delivery switch
    {
        { Status: "pending", Held: { } held } => held,
        { Status: "pending", Attempts: > 0, LastError: not null } when Delivers(webhook) => "retrying",
        _ => delivery.Status,
    };

    private static bool Delivers(WebhookItem webhook) => webhook.State is "active" or "failing";

    private string Answer(int? code, string? error) => Answer(L, code, error);

    /// <summary>What came of an attempt, for people.</summary>
    internal static string Answer(IStringLocalizer<Texts> texts, int? code, string? error) =>
        error is null or "status" ? code?.ToString(CultureInfo.InvariantCulture) ?? "–"
        : texts[$"Attempt.{error}"] is { ResourceNotFound: false } known ? known : error;
}
