using Serm.Language;

namespace Serm.Sentiments.Training;

/// <summary>Trains the language identifier: one softmax regression a script over hashed letter sequences, by stochastic gradient descent in a fixed order.</summary>
internal static class LanguageTraining
{
    private const int Epochs = 12;
    private const float Rate = 1.0f;

    // Languages written in several scripts are classes in each where a tenth of their rows are.
    private const double FewestShare = 0.1;

    private static readonly (Script Script, int Bits)[] Modelled = [(Script.Latin, 15), (Script.Cyrillic, 13), (Script.Arabic, 13)];

    /// <summary>Trains on rows labelled with their language.</summary>
    public static LanguageModel Train(IReadOnlyList<Row> rows, Action<string> progress)
    {
        var reduced = Spellings.WithVariants(rows).Select(Reduce).Where(r => r.Letters.Length > 0).ToList();
        var total = reduced.CountBy(r => r.Language, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        var groups = new List<LanguageModel.Group>();
        foreach (var (script, bits) in Modelled)
        {
            var inScript = reduced.Where(r => r.Script == script).ToList();
            var codes = inScript.CountBy(r => r.Language, StringComparer.Ordinal)
                .Where(c => c.Value >= FewestShare * total[c.Key])
                .Select(c => c.Key).Order(StringComparer.Ordinal).ToArray();
            if (codes.Length > 0)
            {
                progress($"language: {script}, {codes.Length} languages, {inScript.Count} texts");
                groups.Add(TrainGroup(script, bits, codes, inScript));
            }
        }

        return new LanguageModel(groups);
    }

    private static LanguageModel.Group TrainGroup(Script script, int bits, string[] codes, List<Reduced> rows)
    {
        var byLanguage = codes.Select(c => rows.Where(r => r.Language == c).Select(r => r.Letters).ToArray()).ToArray();
        var lanes = LanguageModel.Group.LanesFor(codes.Length);
        var weights = new float[lanes << bits];
        var bias = new float[codes.Length];
        var schedule = Schedule(byLanguage);
        var random = new SplitMix(2026);
        var step = new Step(bits, lanes, weights, bias);
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            random.Shuffle(schedule);
            for (var i = 0; i < schedule.Length; i++)
            {
                var done = (epoch + ((float)i / schedule.Length)) / Epochs;
                var (language, index) = schedule[i];
                step.Take(Cut(byLanguage[language][index], ref random), language, Rate * (1 - done));
            }
        }

        return Quantise(script, bits, codes, lanes, weights, bias, Alphabet(rows));
    }

    // Rows a language grow with the root of what there is: short texts should lean to common languages, yet rare ones must be learnt. They are taken evenly from all sources.
    private static (int Language, int Index)[] Schedule(string[][] byLanguage) => [.. byLanguage.SelectMany((texts, language) => Taken(texts.Length).Select(index => (language, index)))];

    private static IEnumerable<int> Taken(int texts)
    {
        var count = (int)(60 * Math.Sqrt(texts));
        return Enumerable.Range(0, count).Select(i => (int)((long)i * Math.Max(texts, count) / count) % texts);
    }

    // Half of the texts are seen as a few of their words only, because posts are short.
    private static string Cut(string letters, ref SplitMix random)
    {
        if (random.Below(2) == 0)
        {
            return letters;
        }

        var start = letters.LastIndexOf(' ', Math.Max(0, random.Below(letters.Length) - 1));
        var end = start;
        for (var words = 1 + random.Below(6); words > 0 && end < letters.Length - 1; words--)
        {
            end = letters.IndexOf(' ', end + 1);
        }

        return end <= start ? letters : letters[start..(end + 1)];
    }

    private static LanguageModel.Group Quantise(Script script, int bits, string[] codes, int lanes, float[] weights, float[] bias, char[] alphabet)
    {
        var sorted = weights.Select(MathF.Abs).Where(w => w > 0).Order().ToArray();
        // The last thousandth is clipped: it would cost all others their precision.
        var scale = Math.Max(1e-6f, sorted.Length == 0 ? 1 : sorted[(int)((sorted.Length - 1) * 0.999)]) / 127;
        var small = Array.ConvertAll(weights, w => (sbyte)Math.Clamp(MathF.Round(w / scale), -127, 127));
        return new LanguageModel.Group(script, codes, bits, scale, bias, alphabet, small);
    }

    private static char[] Alphabet(List<Reduced> rows) =>
        [.. rows.SelectMany(r => r.Letters).Where(c => c > 'z').CountBy(c => c).Where(c => c.Value >= 5).Select(c => c.Key).Order()];

    private static Reduced Reduce(Row row)
    {
        Span<char> letters = stackalloc char[Letters.Window + 2];
        var length = Letters.Reduce(row.Text, letters, out var script, out _, out _);
        return new Reduced(row.Language, script, new string(letters[..length]));
    }

    private sealed record Reduced(string Language, Script Script, string Letters);

    /// <summary>One step down the gradient of the log-loss of one text.</summary>
    private sealed class Step(int bits, int lanes, float[] weights, float[] bias)
    {
        private readonly int[] _buckets = new int[Letters.Kept * NGrams.Longest];
        private readonly float[] _scores = new float[lanes];

        public void Take(string letters, int language, float rate)
        {
            var buckets = _buckets.AsSpan(0, NGrams.Hash(letters, bits, _buckets));
            if (buckets.IsEmpty)
            {
                return;
            }

            var unit = 1 / MathF.Sqrt(buckets.Length);
            var scores = _scores.AsSpan(0, bias.Length);
            bias.CopyTo(scores);
            foreach (var bucket in buckets)
            {
                var row = weights.AsSpan(bucket * lanes, bias.Length);
                System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(row, unit, scores, scores);
            }

            System.Numerics.Tensors.TensorPrimitives.SoftMax(scores, scores);
            for (var i = 0; i < scores.Length; i++)
            {
                scores[i] = ((i == language ? 1 : 0) - scores[i]) * rate;
                bias[i] += scores[i] * 0.1f;
            }

            foreach (var bucket in buckets)
            {
                var row = weights.AsSpan(bucket * lanes, bias.Length);
                System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(scores, unit, row, row);
            }
        }
    }
}
