using System.Runtime.InteropServices;
using System.Text;

namespace Serm.Tests.Unit.Sentiments;

/// <summary>Writes an ONNX file by hand (onnx.proto3, IR version 8, opset 11): <c>logits = ReduceSum(Gather(embedding, input_ids), axis 1)</c>; and a SentencePiece model.</summary>
internal static class TinyOnnx
{
    private const int Float = 1;
    private const int Int64 = 7;

    public static byte[] SumOfEmbeddings(int tokens, int labels, float[] weights)
    {
        var embedding = Join(Number(1, tokens), Number(1, labels), Number(2, Float), Text(8, "embedding"), Bytes(9, MemoryMarshal.AsBytes(weights.AsSpan()).ToArray()));
        var gather = Join(Text(1, "embedding"), Text(1, "input_ids"), Text(2, "gathered"), Text(4, "Gather"), Bytes(5, Join(Text(1, "axis"), Number(3, 0), Number(20, 2))));
        var sum = Join(
            Text(1, "gathered"), Text(2, "logits"), Text(4, "ReduceSum"),
            Bytes(5, Join(Text(1, "axes"), Number(8, 1), Number(20, 7))), Bytes(5, Join(Text(1, "keepdims"), Number(3, 0), Number(20, 2))));
        var graph = Join(
            Bytes(1, gather), Bytes(1, sum), Text(2, "tiny"), Bytes(5, embedding),
            Bytes(11, Value("input_ids", Int64, Named("texts"), Named("tokens"))), Bytes(12, Value("logits", Float, Named("texts"), Number(1, labels))));
        return Join(Number(1, 8), Bytes(7, graph), Bytes(8, Number(2, 11)));
    }

    /// <summary>A unigram model (sentencepiece_model.proto) whose first three pieces are what is unknown, the start and the end.</summary>
    public static byte[] Pieces(params string[] pieces)
    {
        const int Unigram = 1, Normal = 1, Unknown = 2, Control = 3;
        var written = pieces.Select((p, i) => Bytes(1, Join(Text(1, p), Fixed(2, i < 3 ? 0 : -i), Number(3, i switch { 0 => Unknown, 1 or 2 => Control, _ => Normal }))));
        var normalizer = Join(Text(1, "identity"), Number(3, 1), Number(4, 1), Number(5, 1));
        return Join([.. written, Bytes(2, Join(Number(3, Unigram), Number(40, 0), Number(41, 1), Number(42, 2))), Bytes(3, normalizer)]);
    }

    private static byte[] Fixed(int field, float value) => [.. Varint((field << 3) | 5), .. BitConverter.GetBytes(value)];

    private static byte[] Value(string name, int type, params byte[][] dimensions) =>
        Join(Text(1, name), Bytes(2, Bytes(1, Join(Number(1, type), Bytes(2, Join(Array.ConvertAll(dimensions, d => Bytes(1, d))))))));

    private static byte[] Named(string dimension) => Text(2, dimension);

    private static byte[] Number(int field, long value) => [.. Varint(field << 3), .. Varint(value)];

    private static byte[] Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    private static byte[] Bytes(int field, byte[] value) => [.. Varint((field << 3) | 2), .. Varint(value.Length), .. value];

    private static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(p => p)];

    private static List<byte> Varint(long value)
    {
        var bytes = new List<byte>();
        for (var rest = (ulong)value; ; rest >>= 7)
        {
            if (rest < 0x80)
            {
                bytes.Add((byte)rest);
                return bytes;
            }

            bytes.Add((byte)(rest | 0x80));
        }
    }
}
