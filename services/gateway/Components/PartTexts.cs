using Microsoft.Extensions.Localization;
using MudBlazor;

namespace Serm.Gateway.Components;

/// <summary>What MudBlazor's parts say of themselves, in another language than English: of those that are used, only that they close.</summary>
internal sealed class PartTexts(IStringLocalizer<Texts> texts) : MudLocalizer
{
    /// <inheritdoc/>
    public override LocalizedString this[string key] => key.EndsWith("_Close", StringComparison.Ordinal) ? texts["Close"] : base[key];
}
