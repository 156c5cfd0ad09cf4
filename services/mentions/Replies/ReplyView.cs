using System.Text.Json.Serialization;
using Npgsql;

namespace Serm.Mentions;

/// <summary>An answer through the network that still asks for somebody.</summary>
/// <param name="Id">The reply.</param>
/// <param name="State"><c>underWay</c>, <c>refused</c> (its text is the draft again) or <c>unknown</c> (it may be there).</param>
/// <param name="By">Who sent it.</param>
/// <param name="At">When they did.</param>
/// <param name="Then">What follows once it is sent.</param>
/// <param name="ToldAt">Since when it is known what became of it; null while it is under way.</param>
/// <param name="Code">Why it was refused, or what broke, a stable code.</param>
/// <param name="Text">What it says; only in the answer about one mention, and null once it was erased.</param>
/// <param name="Detail">What the network said of it; only in the answer about one mention. Written by strangers.</param>
public sealed record ReplyView(
    Guid Id,
    ReplyState State,
    string By,
    DateTimeOffset At,
    MentionStatus? Then = null,
    DateTimeOffset? ToldAt = null,
    string? Code = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Text = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Detail = null)
{
    internal static ReplyView Of(NetworkReply reply) => new(reply.Id, reply.State, reply.By, reply.At, reply.Then, reply.ToldAt, reply.Code);

    /// <summary>Its text, and what the network said.</summary>
    internal static async Task<(string? Text, string? Detail)> TextsAsync(NpgsqlDataSource dataSource, string workspace, Guid mention, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("""
            select t.text, w.text from mentions.desk d
            left join mentions.notes t on t.workspace = d.workspace and t.mention_id = d.mention_id and t.note_id = (d.reply ->> 'id')::uuid
            left join mentions.notes w on w.workspace = d.workspace and w.mention_id = d.mention_id and w.note_id = (d.reply ->> 'detailId')::uuid
            where d.workspace = $1 and d.mention_id = $2
            """);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(mention);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.IsDBNull(0) ? null : reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1)) : default;
    }
}
