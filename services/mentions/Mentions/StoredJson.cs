using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>How mentions writes the JSON of its events and rows: nothing for what is null, and the spans of evidence as one string. PostgreSQL takes JSON apart value by value, and eight spans of four named values each were
/// half of what it took apart of a mention. What was written in full before is read as ever.</summary>
internal static class StoredJson
{
    /// <summary>For the columns of the inbox.</summary>
    public static JsonSerializerOptions Options { get; } = Configured(ServiceDefaults.Configure(new()));

    /// <summary>Adds to options how mentions stores.</summary>
    public static void Configure(JsonSerializerOptions options) => Configured(options);

    private static JsonSerializerOptions Configured(JsonSerializerOptions options)
    {
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.Converters.Add(new Spans());
        return options;
    }

    /// <summary>Spans as <c>t10+8=-0.14 h0+5=0.3</c>: the part (<c>h</c> for the title, <c>t</c> for the text), the first character, how many, and the weight; parted by spaces.</summary>
    private sealed class Spans : JsonConverter<IReadOnlyList<EvidenceSpan>>
    {
        public override IReadOnlyList<EvidenceSpan>? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.String)
            {
                return JsonSerializer.Deserialize<List<EvidenceSpan>>(ref reader, options);
            }

            var text = reader.GetString().AsSpan();
            var spans = new List<EvidenceSpan>();
            foreach (var range in text.Split(' '))
            {
                var span = text[range];
                if (!span.IsEmpty)
                {
                    spans.Add(Parse(span));
                }
            }

            return spans;
        }

        public override void Write(Utf8JsonWriter writer, IReadOnlyList<EvidenceSpan> value, JsonSerializerOptions options)
        {
            var text = new StringBuilder(value.Count * 24);
            foreach (var span in value)
            {
                text.Append(CultureInfo.InvariantCulture, $"{(text.Length > 0 ? " " : "")}{(span.Part == PostPart.Title ? 'h' : 't')}{span.Start}+{span.Length}={span.Weight}");
            }

            writer.WriteStringValue(text.ToString());
        }

        private static EvidenceSpan Parse(ReadOnlySpan<char> span)
        {
            var (plus, equals) = (span.IndexOf('+'), span.IndexOf('='));
            return plus > 0 && equals > plus && span[0] is 'h' or 't'
                && int.TryParse(span[1..plus], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var start)
                && int.TryParse(span[(plus + 1)..equals], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var length)
                && float.TryParse(span[(equals + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out var weight)
                    ? new(span[0] == 'h' ? PostPart.Title : PostPart.Text, start, length, weight)
                    : throw new JsonException($"'{span}' is no span of evidence.");
        }
    }
}
