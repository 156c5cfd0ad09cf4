using System.Text.Json;
using System.Text.Json.Serialization;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>How mentions writes the JSON of its events and rows: nothing for what is null, and evidence as one string (<see cref="CompactSpans"/>). What was written in full before is read as ever.</summary>
internal static class StoredJson
{
    /// <summary>For the columns of the inbox.</summary>
    public static JsonSerializerOptions Options { get; } = Configure(ServiceDefaults.Configure(new()));

    /// <summary>For the events that come with each mention.</summary>
    public static JsonSerializerOptions Events { get; } = Configure(Utf8Events.Json());

    /// <summary>Adds to options how mentions stores.</summary>
    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.Converters.Add(new CompactSpans());
        return options;
    }
}
