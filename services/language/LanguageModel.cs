using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace Serm.Language;

/// <summary>One softmax classifier a script over hashed letter sequences, weights in 8 bits. Immutable.</summary>
internal sealed class LanguageModel(IReadOnlyList<LanguageModel.Group> groups)
{
    /// <summary>Below this probability the answer is "unknown"; a text of few letters needs up to <see cref="ShortTextExtra"/> more.</summary>
    public const float Threshold = 0.45f;

    /// <summary>What a text without letters would need beyond <see cref="Threshold"/>; falls to 0 at <see cref="LongEnough"/> letters.</summary>
    public const float ShortTextExtra = 0.35f;

    /// <summary>Letters from which on the threshold no longer falls.</summary>
    public const int LongEnough = 16;

    /// <summary>Fewer letters than these say nothing in a script that many languages share.</summary>
    public const int FewestLetters = 3;

    private const uint Magic = 0x31474E4C;
    private readonly Group?[] _byScript = Index(groups);

    /// <summary>The classifier of one script.</summary>
    /// <param name="Script">The script.</param>
    /// <param name="Codes">Languages, in the order of the lanes.</param>
    /// <param name="Bits">2^Bits buckets.</param>
    /// <param name="Scale">What one step of a weight is worth.</param>
    /// <param name="Bias">One for each language.</param>
    /// <param name="Alphabet">Letters seen in training: text in other letters is another language.</param>
    /// <param name="Weights">Buckets times <see cref="Lanes"/>.</param>
    public sealed record Group(Script Script, string[] Codes, int Bits, float Scale, float[] Bias, char[] Alphabet, sbyte[] Weights)
    {
        /// <summary>Languages, rounded up to whole vectors.</summary>
        public int Lanes { get; } = LanesFor(Codes.Length);

        public static int LanesFor(int languages) => (languages + 15) & ~15;
    }

    public IReadOnlyList<Group> Groups => groups;

    public IReadOnlyCollection<string> Codes { get; } = groups.SelectMany(g => g.Codes)
        .Concat(Enumerable.Range(1, Scripts.Count - 1).Select(s => Scripts.SoleLanguage((Script)s)).OfType<string>())
        .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();

    public LanguageGuess Identify(ReadOnlySpan<char> text)
    {
        Span<char> letters = stackalloc char[Letters.Window + 2];
        var length = Letters.Reduce(text, letters, out var script, out var share, out var kana);
        if (length == 0)
        {
            return LanguageGuess.Unknown;
        }

        if (script is Script.Han or Script.Kana)
        {
            return new LanguageGuess(kana > 0.05f ? "ja" : "zh", share);
        }

        if (Scripts.SoleLanguage(script) is { } sole)
        {
            return share < Threshold ? LanguageGuess.Unknown : new LanguageGuess(sole, share);
        }

        return _byScript[(int)script] is { } group ? Classify(group, letters[..length]) : LanguageGuess.Unknown;
    }

    /// <summary>Probabilities of a group's languages for reduced letters.</summary>
    public static void Probabilities(Group group, ReadOnlySpan<char> letters, Span<float> probabilities)
    {
        Span<int> buckets = stackalloc int[Letters.Kept * NGrams.Longest];
        buckets = buckets[..NGrams.Hash(letters, group.Bits, buckets)];
        Span<int> sums = stackalloc int[group.Lanes];
        Sum(group, buckets, sums);
        var unit = group.Scale / MathF.Sqrt(Math.Max(1, buckets.Length));
        var highest = float.MinValue;
        for (var i = 0; i < probabilities.Length; i++)
        {
            probabilities[i] = group.Bias[i] + (sums[i] * unit);
            highest = MathF.Max(highest, probabilities[i]);
        }

        var total = 0f;
        foreach (ref var p in probabilities)
        {
            p = MathF.Exp(p - highest);
            total += p;
        }

        foreach (ref var p in probabilities)
        {
            p /= total;
        }
    }

    private static LanguageGuess Classify(Group group, ReadOnlySpan<char> letters)
    {
        int count = 0, foreign = 0;
        foreach (var c in letters)
        {
            if (c != ' ')
            {
                count++;
                foreign += c <= 'z' || group.Alphabet.AsSpan().Contains(c) ? 0 : 1;
            }
        }

        if (count < FewestLetters || foreign * 25 > count)
        {
            return LanguageGuess.Unknown;
        }

        Span<float> probabilities = stackalloc float[group.Codes.Length];
        Probabilities(group, letters, probabilities);
        var best = 0;
        for (var i = 1; i < probabilities.Length; i++)
        {
            best = probabilities[i] > probabilities[best] ? i : best;
        }

        var needed = Threshold + (ShortTextExtra * Math.Max(0, LongEnough - count) / LongEnough);
        return probabilities[best] < needed ? LanguageGuess.Unknown : new LanguageGuess(group.Codes[best], probabilities[best]);
    }

    private static void Sum(Group group, ReadOnlySpan<int> buckets, Span<int> sums)
    {
        ref var weights = ref MemoryMarshal.GetArrayDataReference(group.Weights);
        for (var lane = 0; lane < group.Lanes; lane += 16)
        {
            Vector128<int> a = default, b = default, c = default, d = default;
            for (var from = 0; from < buckets.Length; from += 256)
            {
                // 256 steps of at most 127 fit 16 bits.
                Vector128<short> low = default, high = default;
                foreach (var bucket in buckets[from..Math.Min(buckets.Length, from + 256)])
                {
                    var (l, h) = Vector128.Widen(Vector128.LoadUnsafe(ref weights, (nuint)((bucket * group.Lanes) + lane)));
                    low += l;
                    high += h;
                }

                var (l0, l1) = Vector128.Widen(low);
                var (h0, h1) = Vector128.Widen(high);
                a += l0;
                b += l1;
                c += h0;
                d += h1;
            }

            a.CopyTo(sums[lane..]);
            b.CopyTo(sums[(lane + 4)..]);
            c.CopyTo(sums[(lane + 8)..]);
            d.CopyTo(sums[(lane + 12)..]);
        }
    }

    private static Group?[] Index(IReadOnlyList<Group> groups)
    {
        var byScript = new Group?[Scripts.Count];
        foreach (var group in groups)
        {
            byScript[(int)group.Script] = group;
        }

        return byScript;
    }

    public static LanguageModel Read(Stream stream)
    {
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        if (reader.ReadUInt32() != Magic)
        {
            throw new InvalidDataException("Not a language model of this version: run './serm train'.");
        }

        var groups = new Group[reader.ReadByte()];
        for (var g = 0; g < groups.Length; g++)
        {
            var script = (Script)reader.ReadByte();
            var codes = Enumerable.Range(0, reader.ReadByte()).Select(_ => reader.ReadString()).ToArray();
            var bits = (int)reader.ReadByte();
            var scale = reader.ReadSingle();
            var bias = codes.Select(_ => reader.ReadSingle()).ToArray();
            var alphabet = reader.ReadString().ToCharArray();
            var weights = new sbyte[Group.LanesFor(codes.Length) << bits];
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(weights.AsSpan()));
            groups[g] = new Group(script, codes, bits, scale, bias, alphabet, weights);
        }

        return new LanguageModel(groups);
    }

    public void Write(Stream stream)
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(Magic);
        writer.Write((byte)groups.Count);
        foreach (var group in groups)
        {
            writer.Write((byte)group.Script);
            writer.Write((byte)group.Codes.Length);
            Array.ForEach(group.Codes, writer.Write);
            writer.Write((byte)group.Bits);
            writer.Write(group.Scale);
            Array.ForEach(group.Bias, writer.Write);
            writer.Write(new string(group.Alphabet));
            writer.Write(MemoryMarshal.AsBytes(group.Weights.AsSpan()));
        }
    }
}
