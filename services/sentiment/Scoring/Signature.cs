using System.Globalization;
using Serm.Sentiments.Workspaces;

namespace Serm.Sentiments.Scoring;

/// <summary>What verdicts are signed with: the model's version, with the workspace's sensitivity behind it where there is one, as in <c>c169826930b5+0.30</c>. Whatever makes another verdict has another signature.</summary>
internal static class Signature
{
    private const string Format = "+0.00;-0.00";

    public static string Of(string model, float sensitivity) => sensitivity == 0 ? model : model + sensitivity.ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>Model and sensitivity; null for a version that has none.</summary>
    public static (string Model, float Sensitivity)? Read(string version)
    {
        var at = version.Length - "+0.00".Length;
        return at > 0
            && float.TryParse(version.AsSpan(at), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var sensitivity)
            && sensitivity is >= SentimentSettings.Lowest and <= SentimentSettings.Highest
            && version.EndsWith(sensitivity.ToString(Format, CultureInfo.InvariantCulture), StringComparison.Ordinal)
                ? (version[..at], sensitivity)
                : null;
    }
}
