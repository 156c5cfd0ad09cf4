using MudBlazor;

namespace Serm.Gateway.Components.Parts;

/// <summary>Asks before something cannot be undone.</summary>
internal static class Confirming
{
    public static async Task<bool> ConfirmAsync(this IDialogService dialogs, string title, string text, string yes)
    {
        var dialog = await dialogs.ShowAsync<ConfirmDialog>(title, new DialogParameters<ConfirmDialog> { { d => d.Text, text }, { d => d.Yes, yes } });
        return await dialog.Result is { Canceled: false };
    }
}
