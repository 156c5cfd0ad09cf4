using System.Buffers.Binary;

namespace Serm.Alerts;

/// <summary>The words and authors of a judged mention, as hashes, in the bytes that the history keeps: how many words, then the words, then the authors, each 32 bits, the lowest byte first.</summary>
internal static class Tokens
{
    /// <summary>What is kept of a mention: its first words alone, so that a row stays small however long the post is.</summary>
    public static byte[] Of(in MentionFacts facts) => Pack(new ArraySegment<int>(facts.Words, 0, Math.Min(facts.Words.Length, Words.Kept)), facts.Authors);

    /// <summary>Packs both lists.</summary>
    public static byte[] Pack(IReadOnlyList<int> words, IReadOnlyList<int> authors)
    {
        var bytes = new byte[sizeof(int) * (1 + words.Count + authors.Count)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, words.Count);
        var at = sizeof(int);
        foreach (var token in words.Concat(authors))
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), token);
            at += sizeof(int);
        }

        return bytes;
    }

    /// <summary>What was packed.</summary>
    public static (int[] Words, int[] Authors) Unpack(ReadOnlySpan<byte> bytes)
    {
        var tokens = new int[bytes.Length / sizeof(int)];
        for (var i = 0; i < tokens.Length; i++)
        {
            tokens[i] = BinaryPrimitives.ReadInt32LittleEndian(bytes[(i * sizeof(int))..]);
        }

        var words = tokens[0] + 1;
        return (tokens[1..words], tokens[words..]);
    }
}
