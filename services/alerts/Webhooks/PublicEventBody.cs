using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>What goes over the wire: <c>{type, timestamp, id, sequence, data}</c>, as Standard Webhooks recommends. The same bytes for the same event, always.</summary>
internal static class PublicEventBody
{
    /// <summary>How <c>data</c> is written.</summary>
    public static readonly JsonSerializerOptions Json = Options();

    /// <summary>The <c>data</c> of an event.</summary>
    public static string Data(PublicEvent happened) => JsonSerializer.Serialize(happened.Data, happened.Data.GetType(), Json);

    /// <summary>The whole body.</summary>
    /// <param name="id">The event.</param>
    /// <param name="type">Its type.</param>
    /// <param name="at">When it happened.</param>
    /// <param name="sequence">Its place in the feed; null for a test, which has none.</param>
    /// <param name="data">Its data as JSON.</param>
    public static string Write(Guid id, string type, DateTimeOffset at, long? sequence, string data) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"type":"{{type}}","timestamp":"{{at.UtcDateTime:yyyy-MM-ddTHH:mm:ss.ffffff}}Z","id":"{{id}}","sequence":{{sequence?.ToString(CultureInfo.InvariantCulture) ?? "null"}},"data":{{data}}}""");

    /// <summary>The whole body as it is sent.</summary>
    public static byte[] Bytes(Guid id, string type, DateTimeOffset at, long? sequence, string data) => Encoding.UTF8.GetBytes(Write(id, type, at, sequence, data));

    private static JsonSerializerOptions Options()
    {
        var options = ServiceDefaults.Configure(new());
        options.DefaultIgnoreCondition = JsonIgnoreCondition.Never;
        return options;
    }
}
