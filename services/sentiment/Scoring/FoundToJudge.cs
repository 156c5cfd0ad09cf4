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
        var read = JsonSerializer.Deserialize<Parts>(json.Span, BulkJson.Options);
        return read is { Workspace: { } workspace, Post: { Revision: > 0, Text: { } text } post } && read.MentionId != Guid.Empty
            ? new(workspace, read.MentionId, post.Revision, new(post.Title, text, post.Language, read.Names), read.TraceParent, json)
            : throw new JsonException("A mention without workspace, mentionId, post.revision or post.text.");
    }

    /// <summary>The whole of it.</summary>
    /// <exception cref="JsonException">It is no mention.</exception>
    public MentionFound Read() => JsonSerializer.Deserialize<MentionFound>(Json.Span, BulkJson.Options) ?? throw new JsonException("A message is null.");

    private sealed record Parts(string? Workspace, Guid MentionId, PostParts? Post, string? TraceParent, IReadOnlyList<NameSpan>? Names);

    private sealed record PostParts(int Revision, string? Title, string? Text, string? Language);
}
