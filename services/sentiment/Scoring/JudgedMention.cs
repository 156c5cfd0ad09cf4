using System.Text.Json;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Sentiments.Scoring;

/// <summary>A <see cref="MentionScored"/> whose mention is written as it came.</summary>
/// <param name="Mention">What was judged.</param>
/// <param name="Verdict">The judgement.</param>
/// <param name="TraceParent">W3C traceparent of the scoring.</param>
internal sealed record JudgedMention(FoundToJudge Mention, Verdict Verdict, string? TraceParent) : IWrittenMessage
{
    /// <inheritdoc/>
    public Type Contract => typeof(MentionScored);

    /// <inheritdoc/>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("mention"u8);
        writer.WriteRawValue(Mention.Json.Span, skipInputValidation: true);
        writer.WritePropertyName("verdict"u8);
        JsonSerializer.Serialize(writer, Verdict, BulkJson.Options);
        if (TraceParent is not null)
        {
            writer.WriteString("traceParent"u8, TraceParent);
        }

        writer.WriteEndObject();
    }
}
