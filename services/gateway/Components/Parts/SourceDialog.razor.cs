using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using Serm.Gateway.Clients;

namespace Serm.Gateway.Components.Parts;

/// <summary>Adds or changes a source, by the form that its kind gives.</summary>
public sealed partial class SourceDialog : ComponentBase
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private List<SourceKind>? _kinds;
    private string _kind = "feed";
    private string? _name;
    private int? _interval;
    private string? _problem;
    private string? _field;
    private bool _shown;
    private bool _busy;
    private bool _testing;
    private SourceTest? _test;

    /// <summary>The source to change; null for a new one.</summary>
    [Parameter] public SourceItem? Source { get; set; }

    [CascadingParameter] private IMudDialogInstance Dialog { get; set; } = default!;

    [Inject] private SourcesClient Api { get; set; } = default!;

    [Inject] private Viewer Viewer { get; set; } = default!;

    [Inject] private NavigationManager Navigation { get; set; } = default!;

    private SourceKind? Kind => _kinds?.Find(k => k.Kind == _kind);

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        (_kind, _name, _interval) = (Source?.Kind ?? "feed", Source?.Name, Source?.IntervalSeconds);
        try
        {
            _kinds = await Api.KindsAsync(CancellationToken.None);
            Reset();
        }
        catch (Refusal e)
        {
            (_kinds, _problem) = ([], e.Message);
        }
    }

    private void Reset()
    {
        _values.Clear();
        (_problem, _field, _test) = (null, null, null);
        foreach (var field in Kind?.Fields ?? [])
        {
            _values[field.Name] = Stored(field) ?? (Source is null ? field.Default : null) ?? "";
        }
    }

    // A feed keeps its address beside the options.
    private string? Stored(FormField field)
    {
        if (Source is { Kind: "feed" } && field.Name == "url")
        {
            return Source.Url;
        }

        return Source?.Options is { ValueKind: JsonValueKind.Object } options && options.TryGetProperty(field.Name, out var value)
            ? value.ValueKind switch
            {
                JsonValueKind.Array => string.Join('\n', value.EnumerateArray().Select(v => v.ToString())),
                _ => value.ToString(),
            }
            : null;
    }

    private string? ProblemOf(FormField field)
    {
        var mine = _field is not null && (_field == field.Name || _field == $"options.{field.Name}" || _field == $"credentials.{field.Name}");
        _shown |= mine;
        return mine ? _problem : null;
    }

    private SourceForm Form()
    {
        var (options, credentials) = (new JsonObject(), new JsonObject());
        foreach (var field in Kind!.Fields)
        {
            if (Value(field, _values.GetValueOrDefault(field.Name) ?? "") is { } value)
            {
                (field.Secret ? credentials : options)[field.Name] = value;
            }
        }

        return new(_kind, string.IsNullOrWhiteSpace(_name) ? null : _name, _interval, options, credentials);
    }

    private static JsonNode? Value(FormField field, string written) => field.Type switch
    {
        FieldForm.List => new JsonArray([.. written.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(l => JsonValue.Create(l))]),
        FieldForm.Flag => JsonValue.Create(written.Equals("true", StringComparison.OrdinalIgnoreCase)),
        _ when string.IsNullOrWhiteSpace(written) => null,
        FieldForm.Number => decimal.TryParse(written, NumberStyles.Number, CultureInfo.InvariantCulture, out var number) ? JsonValue.Create(number) : JsonValue.Create(written),
        _ => JsonValue.Create(written.Trim()),
    };

    private Task SaveAsync() => RunAsync(async () =>
    {
        await (Source is null ? Api.AddAsync(Form(), CancellationToken.None) : Api.ChangeAsync(Source, Form(), CancellationToken.None));
        Dialog.Close();
    });

    private async Task TestAsync()
    {
        _testing = true;
        await RunAsync(async () => _test = await Api.TestAsync(Form(), Source?.Id, CancellationToken.None));
        _testing = false;
    }

    private async Task RunAsync(Func<Task> act)
    {
        (_busy, _problem, _field, _shown, _test) = (true, null, null, false, null);
        try
        {
            await act();
        }
        catch (Refusal e)
        {
            (_problem, _field) = (e.Message, e.Field);
        }

        _busy = false;
    }
}
