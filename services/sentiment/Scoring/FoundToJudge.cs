using System.Text.Json;
using System.Text.Json.Serialization;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Sentiments.Scoring;

/// <summary>A found mention of which only so much is read as judging needs. It goes on as it came: to take all of it apart and write it again would be work for nothing.</summary>
/// <param name="Workspace">The tenant.</param>
/// <param name="MentionId">The mention.</param>
/// <param name="Revision">Of the post, from 1.</param>
/// <param name="Post">What is judged.</param>
/// <param name="TraceParent">W3C traceparent of the pull.</param>
/// <param name="Json">The message as it came.</param>
[JsonConverter(typeof(BulkViewConverter<FoundToJudge>))]
internal sealed record FoundToJudge(string Workspace, Guid MentionId, int Revision, TextToJudge Post, string? TraceParent, ReadOnlyMemory<byte> Json) : IBulkView<FoundToJudge>
{
    /// <inheritdoc/>
    public static Type Contract => typeof(MentionFound);

    /// <inheritdoc/>
    public static FoundToJudge Of(ReadOnlyMemory<byte> json)
    {
        var reader = new Utf8JsonReader(json.Span);
        var (workspace, id, traceParent) = ((string?)null, Guid.Empty, (string?)null);
        (int Revision, string? Title, string? Text, string? Language) post = default;
        IReadOnlyList<NameSpan>? names = null;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("post"u8))
            {
                reader.Read();
                post = PostOf(ref reader);
            }
            else if (reader.ValueTextEquals("workspace"u8))
            {
                reader.Read();
                workspace = reader.GetString();
            }
            else if (reader.ValueTextEquals("mentionId"u8))
            {
                reader.Read();
                id = reader.GetGuid();
            }
            else if (reader.ValueTextEquals("traceParent"u8))
            {
                reader.Read();
                traceParent = reader.GetString();
            }
            else if (reader.ValueTextEquals("names"u8))
            {
                reader.Read();
                names = JsonSerializer.Deserialize<IReadOnlyList<NameSpan>>(ref reader, BulkJson.Options);
            }
            else
            {
                reader.Skip();
            }
        }

        return workspace is null || id == Guid.Empty || post.Revision < 1 || post.Text is null
            ? throw new JsonException("A mention without workspace, mentionId, post.revision or post.text.")
            : new(workspace, id, post.Revision, new(post.Title, post.Text, post.Language, names), traceParent, json);
    }

    /// <summary>The whole of it.</summary>
    /// <exception cref="JsonException">It is no mention.</exception>
    public MentionFound Read() => JsonSerializer.Deserialize<MentionFound>(Json.Span, BulkJson.Options) ?? throw new JsonException("A message is null.");

    private static (int Revision, string? Title, string? Text, string? Language) PostOf(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("A post that is no object.");
        }

        var (revision, title, text, language) = (0, (string?)null, (string?)null, (string?)null);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("revision"u8))
            {
                reader.Read();
                revision = reader.GetInt32();
            }
            else if (reader.ValueTextEquals("title"u8))
            {
                reader.Read();
                title = reader.GetString();
            }
            else if (reader.ValueTextEquals("text"u8))
            {
                reader.Read();
                text = reader.GetString();
            }
            else if (reader.ValueTextEquals("language"u8))
            {
                reader.Read();
                language = reader.GetString();
            }
            else
            {
                reader.Skip();
            }
        }

        return (revision, title, text, language);
    }
}
