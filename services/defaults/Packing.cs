using System.Buffers;
using System.Reflection;
using System.Text.Json;

namespace Serm.Defaults;

/// <summary>Packs messages into bulks that no broker minds.</summary>
internal static class Packing
{
    /// <summary>Messages in a bulk at most.</summary>
    public const int MostItems = 100;

    // Below what .NET takes for a large object, on both sides: those are collected with the whole heap. A message of its own may be larger: a text has up to 100,000 characters.
    private const int MostBytes = 60 * 1024;

    private static readonly Guid BulkSpace = new("0c8e2f5b-6a0f-5d39-9a77-4f1f2f5f9b10");

    /// <summary>Bulks of the messages, in order, each of one contract. The id of a bulk is made of its members' ids: the same messages packed again have the same id.</summary>
    public static List<(Guid Id, object Bulk)> Pack<T>(IEnumerable<(Guid MessageId, T Message)> messages)
        where T : class
    {
        var bulks = new List<(Guid, object)>();
        foreach (var contract in messages.GroupBy(m => (m.Message as IWrittenMessage)?.Contract ?? m.Message.GetType()))
        {
            var ids = new List<Guid>();
            var buffer = new ArrayBufferWriter<byte>();
            var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true, Encoder = BulkJson.Options.Encoder });
            foreach (var (id, message) in contract)
            {
                if (ids.Count == 0)
                {
                    writer.WriteStartArray();
                }

                ids.Add(id);
                if (message is IWrittenMessage written)
                {
                    written.Write(writer);
                }
                else
                {
                    JsonSerializer.Serialize(writer, message, contract.Key, BulkJson.Options);
                }

                if (ids.Count == MostItems || writer.BytesCommitted + writer.BytesPending >= MostBytes)
                {
                    Close();
                }
            }

            if (ids.Count > 0)
            {
                Close();
            }

            void Close()
            {
                writer.WriteEndArray();
                writer.Flush();
                bulks.Add((IdOf(ids), Of(contract.Key, buffer.WrittenMemory)));
                ids.Clear();
                buffer = new ArrayBufferWriter<byte>(buffer.WrittenCount);
                writer.Reset(buffer);
            }
        }

        return bulks;
    }

    /// <summary>One member of a bulk as a bulk of its own.</summary>
    public static Bulk<T> Alone<T>(T message)
        where T : class => (Bulk<T>)Pack([(Guid.Empty, message)])[0].Bulk;

    /// <summary>A member that cannot be read, as a bulk of its own.</summary>
    public static Bulk<T> Alone<T>(Unreadable member)
        where T : class => new((byte[])[(byte)'[', .. member.Json, (byte)']']);

    /// <summary>The id of a member of a bulk that stays behind.</summary>
    public static Guid MemberId(Guid? bulk, int index) => NameBasedGuid.Create(BulkSpace, $"{bulk:N}", $"{index}");

    private static Guid IdOf(List<Guid> ids) => ids.Count == 1 ? ids[0] : NameBasedGuid.Create(BulkSpace, string.Concat(ids.Select(i => i.ToString("N"))));

    private static object Of(Type contract, ReadOnlyMemory<byte> json) => Activator.CreateInstance(
        typeof(Bulk<>).MakeGenericType(contract), BindingFlags.Instance | BindingFlags.NonPublic, null, [json], null)!;
}
