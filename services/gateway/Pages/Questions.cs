using Microsoft.Extensions.Localization;
using MudBlazor;
using Serm.Gateway.Components.Parts;

namespace Serm.Gateway.Pages;

/// <summary>What a step takes beyond its name.</summary>
/// <param name="Body">The members that the API wants; null when it takes none.</param>
/// <param name="Cancelled">The person thought better of it.</param>
internal sealed record Answer(IReadOnlyDictionary<string, object>? Body, bool Cancelled = false);

/// <summary>Asks the person for what a step takes: a reason, a name, a time.</summary>
internal sealed class Questions(IDialogService dialogs, IStringLocalizer<Texts> texts, Colleagues colleagues)
{
    private static readonly Answer Nothing = new(null);
    private static readonly Answer Gone = new(null, Cancelled: true);

    /// <summary>Asks, if the step takes anything.</summary>
    public async Task<Answer> ForAsync(string verb) => verb switch
    {
        "dismiss" => Of("reason", await ShownAsync<DismissDialog>("Dismiss.Title")),
        "snooze" => Of("until", await ShownAsync<SnoozeDialog>("Snooze.Title")),
        "severity" => Of("severity", await ShownAsync<SeverityDialog>("Keys.Severity")),
        "assign" => Of("to", await AskAsync("Assign.Title", "Assign.Label", 200, await colleagues.NamesAsync())),
        "tag" => Of("tag", await AskAsync("Tag.Title", "Tag.Label", 50, [])),
        "replied" => await ShownAsync<ReplyDialog>("Reply.Title") is IReadOnlyDictionary<string, object> body ? new(body) : Gone,
        _ => Nothing,
    };

    private async Task<object?> AskAsync(string title, string label, int longest, IReadOnlyList<string> among)
    {
        var dialog = await dialogs.ShowAsync<AskDialog>(texts[title], new DialogParameters<AskDialog> { { d => d.Label, texts[label].Value }, { d => d.Longest, longest }, { d => d.Among, among } });
        return await dialog.Result is { Canceled: false, Data: string { Length: > 0 } text } ? text : null;
    }

    private async Task<object?> ShownAsync<TDialog>(string title)
        where TDialog : Microsoft.AspNetCore.Components.IComponent
    {
        var dialog = await dialogs.ShowAsync<TDialog>(texts[title]);
        return await dialog.Result is { Canceled: false, Data: { } data } ? data : null;
    }

    private static Answer Of(string member, object? value) => value is null ? Gone : new(new Dictionary<string, object>(StringComparer.Ordinal) { [member] = value });
}
