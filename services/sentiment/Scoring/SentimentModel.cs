using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using System.Text;
using Serm.Sentiments.Features;

namespace Serm.Sentiments.Scoring;

/// <summary>A softmax classifier over hashed features: for each of 2^<see cref="Featurizer.Bits"/> buckets how much it tells and a weight a class, in the order of <see cref="Contracts.Sentiment"/>; for each language what makes the sums honest. Immutable.</summary>
internal sealed class SentimentModel
{
    public const int Classes = 3;

    private const uint Magic = 0x354D5253;
    private const int Lanes = WeightTable.Lanes;
    private const int CodeBytes = 8;
    private const int EntryBytes = CodeBytes + (8 * 4);
    private const int WeightBytes = Lanes << Featurizer.Bits;

    private static readonly Vector128<float> Last = Vector128.Create(0u, 0u, 0u, uint.MaxValue).AsSingle();

    private readonly Vector128<float> _bias;
    private readonly Dictionary<string, Calibrated> _languages;
    private readonly Calibrated _unknown;

    private SentimentModel(WeightTable table, Vector128<float> bias, IReadOnlyList<Calibrated> languages, string version)
    {
        (Table, _bias, Languages, Version) = (table, bias, languages, version);
        _languages = languages.ToDictionary(l => l.Language, StringComparer.Ordinal);
        _unknown = _languages.GetValueOrDefault(Calibrated.None.Language, Calibrated.None);
    }

    /// <summary>The first 12 hex digits of the SHA-256 of the file: the same weights, the same version.</summary>
    public string Version { get; }

    /// <summary>Languages with an entry of their own, and <c>und</c> for all others.</summary>
    public IReadOnlyList<Calibrated> Languages { get; }

    /// <summary>Four small floats a bucket: its weights, each times how much the bucket tells, and the square of that. To be fetched while the features of a text are still collected.</summary>
    public WeightTable Table { get; }

    /// <summary>How the logits of a language are to be read.</summary>
    public Calibrated For(string language) => _languages.GetValueOrDefault(language, _unknown);

    /// <summary>Three logits (and 0) of a text's features, not yet calibrated: see <see cref="For"/>.</summary>
    public Vector128<float> Logits(ReadOnlySpan<int> buckets, ReadOnlySpan<float> values)
    {
        var sum = Sum(buckets, values);
        return ((sum * Length(sum[3])) + _bias).WithElement(3, 0);
    }

    /// <summary>What the values of a text are multiplied by to bring its features to length 1.</summary>
    public float Unit(ReadOnlySpan<int> buckets, ReadOnlySpan<float> values) => Length(Sum(buckets, values)[3]);

    /// <summary>What one unit of a bucket (its value times <see cref="Unit"/>) adds to the logits, not yet calibrated; in the last lane the square of how much it tells.</summary>
    public Vector128<float> Weights(int bucket) => SmallFloat.Read(Table[bucket]);

    /// <summary>The model that is built into this program.</summary>
    /// <exception cref="InvalidOperationException">None is.</exception>
    public static SentimentModel Embedded()
    {
        using var stream = typeof(SentimentModel).Assembly.GetManifestResourceStream("Serm.Sentiment.sentiment.bin")
            ?? throw new InvalidOperationException("The sentiment model is not embedded: run './serm train' and build again.");
        var file = GC.AllocateUninitializedArray<byte>((int)stream.Length);
        stream.ReadExactly(file);
        return Read(file);
    }

    /// <summary>Reads a model file.</summary>
    /// <exception cref="InvalidDataException">It is none, or of other features.</exception>
    public static SentimentModel Read(ReadOnlySpan<byte> file)
    {
        const int Fixed = 4 + 4 + (Classes * 4) + 4;
        if (file.Length < Fixed + WeightBytes || MemoryMarshal.Read<uint>(file) != Magic || MemoryMarshal.Read<int>(file[4..]) != Featurizer.Bits)
        {
            throw Unreadable();
        }

        var bias = MemoryMarshal.Cast<byte, float>(file.Slice(8, Classes * 4));
        var count = MemoryMarshal.Read<int>(file[(Fixed - 4)..]);
        if (count < 0 || file.Length != Fixed + ((long)count * EntryBytes) + WeightBytes)
        {
            throw Unreadable();
        }

        var languages = new Calibrated[count];
        for (var i = 0; i < count; i++)
        {
            languages[i] = Entry(file.Slice(Fixed + (i * EntryBytes), EntryBytes));
        }

        return new SentimentModel(new WeightTable(file[^WeightBytes..]), Vector128.Create(bias[0], bias[1], bias[2], 0), languages, Convert.ToHexStringLower(SHA256.HashData(file))[..12]);
    }

    /// <summary>Writes a model file.</summary>
    /// <param name="weights">For each class its weights, a bucket each, of features that were multiplied by <paramref name="telling"/> and brought to length 1.</param>
    /// <param name="bias">One a class.</param>
    /// <param name="telling">How much each bucket tells, above 0.</param>
    /// <param name="languages">How the logits of each language are to be read.</param>
    public static byte[] Write(IReadOnlyList<ReadOnlyMemory<float>> weights, ReadOnlySpan<float> bias, ReadOnlySpan<float> telling, IReadOnlyList<Calibrated> languages)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(Magic);
        writer.Write(Featurizer.Bits);
        for (var c = 0; c < Classes; c++)
        {
            writer.Write(bias[c]);
        }

        writer.Write(languages.Count);
        foreach (var l in languages)
        {
            var code = new byte[CodeBytes];
            Encoding.ASCII.GetBytes(l.Language, code);
            writer.Write(code);
            float[] numbers = [l.Scale, l.Shift[0], l.Shift[1], l.Shift[2], l.Decision[0], l.Decision[1], l.Decision[2], l.Urgent];
            writer.Write(MemoryMarshal.AsBytes(numbers.AsSpan()));
        }

        var small = new byte[WeightBytes];
        for (var bucket = 0; bucket < telling.Length; bucket++)
        {
            for (var c = 0; c < Classes; c++)
            {
                small[(bucket * Lanes) + c] = SmallFloat.Nearest(weights[c].Span[bucket] * telling[bucket]);
            }

            small[(bucket * Lanes) + Classes] = SmallFloat.Nearest(telling[bucket] * telling[bucket]);
        }

        writer.Write(small);
        return stream.ToArray();
    }

    private static Calibrated Entry(ReadOnlySpan<byte> entry)
    {
        var v = MemoryMarshal.Cast<byte, float>(entry[CodeBytes..]);
        return new Calibrated(Encoding.ASCII.GetString(entry[..CodeBytes]).TrimEnd('\0'), v[0], Vector128.Create(v[1], v[2], v[3], 0), Vector128.Create(v[4], v[5], v[6], 0), v[7]);
    }

    private static float Length(float squares) => squares > 0 ? 1 / MathF.Sqrt(squares) : 0;

    // In the first lanes the sums of weight times value, in the last that of squares.
    private Vector128<float> Sum(ReadOnlySpan<int> buckets, ReadOnlySpan<float> values)
    {
        var sum = Vector128<float>.Zero;
        for (var i = 0; i < buckets.Length; i++)
        {
            var value = Vector128.Create(values[i]);
            sum += Weights(buckets[i]) * value * Vector128.ConditionalSelect(Last, value, Vector128<float>.One);
        }

        return sum;
    }

    private static InvalidDataException Unreadable() => new("Not a sentiment model of this version: run './serm train'.");
}
