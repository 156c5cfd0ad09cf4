using MudBlazor;

namespace Serm.Gateway.Components.Parts;

/// <summary>Asks before something cannot be undone, and shows what cannot be shown again.</summary>
internal static class Confirming
{
    public static async Task<bool> ConfirmAsync(this IDialogService dialogs, string title, string text, string yes)
    {
        var dialog = await dialogs.ShowAsync<ConfirmDialog>(title, new DialogParameters<ConfirmDialog> { { d => d.Text, text }, { d => d.Yes, yes } });
        return await dialog.Result is { Canceled: false };
    }

    /// <summary>Shows a secret until the person says that they have it.</summary>
    public static async Task ShowOnceAsync(this IDialogService dialogs, string title, string text, string label, string value)
    {
        var dialog = await dialogs.ShowAsync<OnceDialog>(title, new DialogParameters<OnceDialog> { { d => d.Text, text }, { d => d.Label, label }, { d => d.Value, value } }, SecretDialog.Options);
        await dialog.Result;
    }
}
