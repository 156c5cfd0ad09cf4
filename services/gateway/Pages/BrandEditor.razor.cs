using Microsoft.AspNetCore.Components;
using Serm.Contracts;
using Serm.Gateway.Clients;
using Serm.Gateway.Components;

namespace Serm.Gateway.Pages;

/// <summary>A brand and its query, tried on recent posts while it is typed.</summary>
public sealed partial class BrandEditor : IDisposable
{
    private static readonly TimeSpan TypingPause = TimeSpan.FromMilliseconds(300);

    private static readonly (string Example, string What)[] Examples =
    [
        ("northwind", "Help.Word"), ("\"northwind energy\"", "Help.Phrase"), ("northwind OR nwe", "Help.Or"), ("apple AND (iphone OR mac)", "Help.And"), ("jaguar NOT animal", "Help.Not"), ("deliver*", "Help.Prefix"), ("bank NEAR/5 fee", "Help.Near"), ("author:name", "Help.Author"), ("raw:Apple", "Help.Raw"), ("\"slow delivery\"~3", "Help.Window"), ("followers>10k", "Help.Number"),
    ];

    private readonly CancellationTokenSource _end = new();
    private IReadOnlyList<BrandItem> _others = [];
    private BrandItem? _brand;
    private QueryPreview? _preview;
    private string _name = "";
    private string _query = "";
    private string _languages = "";
    private string _competitorOf = "";
    private readonly List<EditedExample> _examples = [];
    private bool _acceptFailing;
    private string? _problem;
    private string? _previewProblem;

    // Why the brand could not be read: an empty form in its place would make another one.
    private string? _unread;
    private bool _gone;
    private string? _field;
    private bool _busy;
    private bool _trying;
    private CancellationTokenSource? _trial;
    private int _typed;

    // What is stored of the query: the browser keeps what differs from it. Null while that is not known.
    private string? _saved;

    /// <summary>The brand to change; null for a new one.</summary>
    [Parameter]
    public Guid? Id { get; set; }

    [Inject]
    private BrandsClient Api { get; set; } = default!;

    [Inject]
    private Viewer Viewer { get; set; } = default!;

    [Inject]
    private TimeProvider Clock { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    private IEnumerable<(QueryRemark Remark, bool Error)> Remarks => (_preview?.Errors ?? []).Select(r => (r, true)).Concat((_preview?.Warnings ?? []).Select(r => (r, false)));

    private IReadOnlyList<QueryExample> Written => [.. _examples.Where(e => !string.IsNullOrWhiteSpace(e.Text)).Select(e => new QueryExample(e.Text.Trim(), e.Must == "match", string.IsNullOrWhiteSpace(e.Language) ? null : e.Language.Trim()))];

    private IReadOnlyList<string> Codes => _languages.Split([',', ' ', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <inheritdoc/>
    public void Dispose() => _end.Cancel();

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        if (RendererInfo.IsInteractive)
        {
            _saved = Id is null ? "" : null;
            await LoadAsync();
        }
    }

    private async Task LoadAsync()
    {
        (_unread, _gone) = (null, false);
        try
        {
            _others = await Api.ListAsync(_end.Token);
            if (Id is { } id)
            {
                _brand = await Api.GetAsync(id, _end.Token);
                (_name, _query, _languages, _competitorOf) = (_brand.Name, _brand.Query, string.Join(", ", _brand.Languages ?? []), _brand.CompetitorOf?.ToString() ?? "");
                _examples.AddRange((_brand.Examples ?? []).Select(e => new EditedExample { Text = e.Text, Must = e.Match ? "match" : "not", Language = e.Language ?? "" }));
                _saved = _query;
                await TryAsync();
            }
        }
        catch (Refusal e) when (Id is not null)
        {
            (_unread, _gone) = (e.Message, e.Status == 404);
        }
        catch (Refusal e)
        {
            _problem = e.Message;
        }
        catch (OperationCanceledException)
        {
            // The page was closed.
        }
    }

    // The line of the query that the remark is about, shortened around its column.
    private static (string Line, int Column) Around(string query, QueryRemark remark)
    {
        var at = Math.Clamp(remark.Column - 1, 0, query.Length);
        var start = at == 0 ? 0 : query.LastIndexOf('\n', at - 1) + 1;
        var end = query.IndexOf('\n', at);
        var line = query[start..(end < 0 ? query.Length : end)];
        var column = at - start;
        var from = Math.Max(0, column - 40);
        return ((from > 0 ? "…" : "") + line[from..Math.Min(line.Length, from + 80)], column - from + (from > 0 ? 1 : 0));
    }

    private static IReadOnlyList<EvidenceSpan> Spans(SamplePost post) =>
        [.. post.Spans.Where(s => s.Part is "title" or "text").Select(s => new EvidenceSpan(s.Part == "title" ? PostPart.Title : PostPart.Text, s.Start, s.Length, 1))];

    private string Line(QueryRemark remark) => Around(_query, remark).Line + "\n";

    private string Caret(QueryRemark remark) => new string(' ', Around(_query, remark).Column) + new string('^', Math.Clamp(remark.Length, 1, 60));

    private ExampleResult? Result(int example)
    {
        // Empty ones are not sent, so the places differ.
        var place = _examples.Take(example).Count(e => !string.IsNullOrWhiteSpace(e.Text));
        return string.IsNullOrWhiteSpace(_examples[example].Text) ? null : _preview?.Examples?.ElementAtOrDefault(place);
    }

    private string Why(IReadOnlyList<QueryStop> stops) => string.Join(" ", stops.Take(3).Select(s => L[$"Stop.{s.Code}", s.Part].ToString()));

    private void AddExample() => _examples.Add(new());

    private async Task RemoveExampleAsync(EditedExample example)
    {
        _examples.Remove(example);
        await TryAsync();
    }

    // Whoever types on does not wait for what was tried before, nor should the service.
    private void StopTrying() => _trial?.Cancel();

    private async Task TypedAsync()
    {
        StopTrying();
        var mine = ++_typed;
        await Task.Delay(TypingPause, Clock);
        if (mine == _typed && !_end.IsCancellationRequested)
        {
            await TryAsync();
        }
    }

    private async Task TryAsync()
    {
        StopTrying();
        if (string.IsNullOrWhiteSpace(_query))
        {
            (_preview, _previewProblem) = (null, null);
            return;
        }

        using var mine = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        (_trial, _trying) = (mine, true);
        try
        {
            var preview = await Api.PreviewAsync(_query, Codes, Written, mine.Token);
            mine.Token.ThrowIfCancellationRequested();
            (_preview, _previewProblem) = (preview, null);
            _field = _field == "languages" ? null : _field;
        }
        catch (Refusal e) when (!mine.IsCancellationRequested)
        {
            (_preview, _previewProblem) = (null, e.Message);
            (_problem, _field) = e.Field == "languages" ? (e.Message, e.Field) : (_problem, _field);
        }
        catch (Exception e) when (e is Refusal or OperationCanceledException)
        {
            // The page was closed, or there is something newer to try.
        }

        if (_trial == mine)
        {
            (_trial, _trying) = (null, false);
        }
    }

    private async Task SaveAsync()
    {
        (_busy, _problem, _field) = (true, null, null);
        Guid? competitorOf = Guid.TryParse(_competitorOf, out var own) ? own : null;
        try
        {
            await (_brand is null
                ? Api.AddAsync(_name, _query, Codes, competitorOf, Written, _acceptFailing, _end.Token)
                : Api.ChangeAsync(_brand, _name, _query, Codes, competitorOf, Written, _acceptFailing, _end.Token));
            _saved = _query;

            // The browser hears of it while it is still here.
            StateHasChanged();
            Navigation.NavigateTo("/brands");
        }
        catch (Refusal e)
        {
            (_problem, _field) = (e.Message, e.Field);
            if (e.Field == "query")
            {
                await TryAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The page was closed.
        }

        _busy = false;
    }

    private sealed class EditedExample
    {
        public string Text { get; set; } = "";

        public string Must { get; set; } = "match";

        public string Language { get; set; } = "";
    }
}
