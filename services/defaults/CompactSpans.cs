using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Serm.Contracts;

namespace Serm.Defaults;

/// <summary>Evidence as one string, on the bus and in what mentions stores: <c>t10,8,-0.14 h0,5,0.3</c> - the part (<c>h</c> for the title, <c>t</c> for the text), the first character, how many, and the weight; spans parted by
/// spaces. Whoever reads JSON, PostgreSQL first of all, takes it apart value by value, and eight spans of four named values each were more than half of what there was of a verdict. Spans in full are read as ever.</summary>
public sealed class CompactSpans : JsonConverter<IReadOnlyList<EvidenceSpan>>
{
    // Two whole numbers of 11 characters, a weight of 15, and what stands between.
    private const int Longest = 42;

    /// <inheritdoc/>
    public override IReadOnlyList<EvidenceSpan>? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            return JsonSerializer.Deserialize<List<EvidenceSpan>>(ref reader, options);
        }

        var text = reader.HasValueSequence || reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(reader.GetString()!) : reader.ValueSpan;
        var spans = new List<EvidenceSpan>(8);
        while (!text.IsEmpty)
        {
            spans.Add(Next(ref text));
        }

        return spans;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, IReadOnlyList<EvidenceSpan> value, JsonSerializerOptions options)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(value.Count * Longest);
        var at = 0;
        foreach (var span in value)
        {
            if (at > 0)
            {
                buffer[at++] = (byte)' ';
            }

            buffer[at++] = span.Part == PostPart.Title ? (byte)'h' : (byte)'t';
            Put(span.Start);
            buffer[at++] = (byte)',';
            Put(span.Length);
            buffer[at++] = (byte)',';
            Put(span.Weight);
        }

        writer.WriteStringValue(buffer.AsSpan(0, at));
        ArrayPool<byte>.Shared.Return(buffer);

        void Put<T>(T number)
            where T : IUtf8SpanFormattable
        {
            number.TryFormat(buffer.AsSpan(at), out var written, default, CultureInfo.InvariantCulture);
            at += written;
        }
    }

    private static EvidenceSpan Next(ref ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf((byte)' ');
        var span = end < 0 ? text : text[..end];
        var rest = span.Length > 1 && span[0] is (byte)'h' or (byte)'t' ? span[1..] : throw Bad(span);
        if (!Utf8Parser.TryParse(rest, out int start, out var used) || !Skip(ref rest, used)
            || !Utf8Parser.TryParse(rest, out int length, out used) || !Skip(ref rest, used)
            || !float.TryParse(rest, NumberStyles.Float, CultureInfo.InvariantCulture, out var weight))
        {
            throw Bad(span);
        }

        text = end < 0 ? default : text[(end + 1)..];
        return new(span[0] == (byte)'h' ? PostPart.Title : PostPart.Text, start, length, weight);
    }

    private static bool Skip(ref ReadOnlySpan<byte> rest, int used)
    {
        if (used >= rest.Length || rest[used] != (byte)',')
        {
            return false;
        }

        rest = rest[(used + 1)..];
        return true;
    }

    private static JsonException Bad(ReadOnlySpan<byte> span) => new($"'{Encoding.UTF8.GetString(span)}' is no span of evidence, which is written as t10,8,-0.14.");
}
