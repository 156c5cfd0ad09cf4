using System.Text.Json;
using System.Text.Json.Serialization;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>A found mention of which only so much is read as tells whether it is stored already. Nearly all are: reading the whole of each would be work for nothing.</summary>
/// <param name="Workspace">The tenant.</param>
/// <param name="MentionId">The stream.</param>
/// <param name="Revision">Of the post, from 1.</param>
/// <param name="MatchedAt">When it was found to match.</param>
/// <param name="Json">The message as it came.</param>
[JsonConverter(typeof(BulkViewConverter<LateCopy>))]
internal sealed record LateCopy(string Workspace, Guid MentionId, int Revision, DateTimeOffset MatchedAt, ReadOnlyMemory<byte> Json) : IBulkView<LateCopy>
{
    /// <inheritdoc/>
    public static Type Contract => typeof(MentionFound);

    /// <inheritdoc/>
    public static LateCopy Of(ReadOnlyMemory<byte> json)
    {
        var reader = new Utf8JsonReader(json.Span);
        var (workspace, id, revision, matchedAt) = ((string?)null, Guid.Empty, 0, default(DateTimeOffset));
        reader.Read();
        var inPost = false;
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                inPost &= reader.TokenType != JsonTokenType.EndObject;
                continue;
            }

            if (reader.ValueTextEquals("post"u8) && !inPost)
            {
                reader.Read();
                inPost = reader.TokenType == JsonTokenType.StartObject;
            }
            else if (inPost && reader.ValueTextEquals("revision"u8))
            {
                reader.Read();
                revision = reader.GetInt32();
            }
            else if (!inPost && reader.ValueTextEquals("workspace"u8))
            {
                reader.Read();
                workspace = reader.GetString();
            }
            else if (!inPost && reader.ValueTextEquals("mentionId"u8))
            {
                reader.Read();
                id = reader.GetGuid();
            }
            else if (!inPost && reader.ValueTextEquals("matchedAt"u8))
            {
                reader.Read();
                matchedAt = reader.GetDateTimeOffset();
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return workspace is null || id == Guid.Empty || revision < 1 ? throw new JsonException("A mention without workspace, mentionId or post.revision.") : new(workspace, id, revision, matchedAt, json);
    }

    /// <summary>The whole of it.</summary>
    /// <exception cref="JsonException">It is no mention.</exception>
    public MentionFound Read() => JsonSerializer.Deserialize<MentionFound>(Json.Span, BulkJson.Options) ?? throw new JsonException("A message is null.");
}
