namespace Serm.Gateway.Components.Parts;

/// <summary>Lists as people write them into a field: parted by commas, semicolons or lines.</summary>
internal static class ListText
{
    /// <summary>The list as text; null when there is none.</summary>
    public static string? Of(IReadOnlyList<string>? values) => values is { Count: > 0 } ? string.Join(", ", values) : null;

    /// <summary>The parts of a text; null when there are none.</summary>
    public static string[]? Read(string? text) => text?.Split([',', ';', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 0 } some ? some : null;
}
