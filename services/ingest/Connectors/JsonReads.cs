using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Serm.Ingest.Connectors;

/// <summary>Reads JSON that may lack members, carry others, or hold them in another form: what is not there is null, never an error.</summary>
internal static partial class JsonReads
{
    /// <summary>What a text says; null when it is no JSON.</summary>
    public static JsonElement? Parsed(string? text)
    {
        try
        {
            return text is null ? null : JsonElement.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A member by its path; null when it is not there, or null.</summary>
    public static JsonElement? At(this JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
            {
                return null;
            }
        }

        return element.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined ? null : element;
    }

    /// <summary>A text, or a number as text.</summary>
    public static string? Text(this JsonElement element, params ReadOnlySpan<string> path) => element.At(path) switch
    {
        { ValueKind: JsonValueKind.String } text => text.Said() is { Length: > 0 } s ? s : null,
        { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
        _ => null,
    };

    /// <summary>What a JSON string says. Half a surrogate pair, as networks leave that cut texts short, becomes U+FFFD: one such character keeps nothing else from being read.</summary>
    public static string Said(this JsonElement text)
    {
        try
        {
            return text.GetString() ?? "";
        }
        catch (InvalidOperationException) when (text.ValueKind == JsonValueKind.String)
        {
            return JsonElement.Parse(text.Whole()).GetString()!;
        }
    }

    /// <summary>An element as it was written, without halves of surrogate pairs.</summary>
    public static string Whole(this JsonElement element) =>
        Escapes().Replace(Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(element)), e => e.Groups["half"].Success ? "\\ufffd" : e.Value);

    /// <summary>A whole number, or a text that holds one.</summary>
    public static long? Long(this JsonElement element, params ReadOnlySpan<string> path) => element.At(path) switch
    {
        { ValueKind: JsonValueKind.Number } number => number.TryGetInt64(out var whole) ? whole : number.TryGetDouble(out var real) && Math.Abs(real) < 9e18 ? (long)real : null,
        { ValueKind: JsonValueKind.String } text => long.TryParse(text.Said(), NumberStyles.Integer, CultureInfo.InvariantCulture, out var whole) ? whole : null,
        _ => null,
    };

    /// <summary>True only for a true.</summary>
    public static bool Flag(this JsonElement element, params ReadOnlySpan<string> path) => element.At(path) is { ValueKind: JsonValueKind.True } || element.Long(path) == 1;

    /// <summary>The elements of an array; none when it is not there.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element, params ReadOnlySpan<string> path) =>
        element.At(path) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : Enumerable.Empty<JsonElement>();

    /// <summary>A moment: ISO 8601 (UTC without an offset), or seconds since 1970.</summary>
    public static DateTimeOffset? Time(this JsonElement element, params ReadOnlySpan<string> path) => element.At(path) switch
    {
        { ValueKind: JsonValueKind.Number } number when number.TryGetDouble(out var seconds) && seconds is > 0 and < 1e11 => DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1_000)),
        { ValueKind: JsonValueKind.String } text when DateTimeOffset.TryParse(text.Said(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) => at,
        _ => null,
    };

    // Pairs before halves, and every other escape too: a backslash that is itself escaped begins none.
    [GeneratedRegex(@"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?<half>\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\.", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Escapes();
}
