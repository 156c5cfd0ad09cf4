using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using Microsoft.ML.OnnxRuntime;
using Serm.Contracts;
using Serm.Language;
using Serm.Sentiments.Features;
using Serm.Sentiments.Scoring;
using Serm.Sentiments.Towards;

namespace Serm.Sentiments.Onnx;

/// <summary>A transformer of the user's own. It does not add up as a linear model does: its evidence is what the negative logit loses when a word is covered, and there is no rest. Thread-safe.</summary>
internal sealed class OnnxJudge : IJudge, IDisposable
{
    private readonly OnnxOptions _options;
    private readonly InferenceSession _session;
    private readonly OnnxTokenizer _tokenizer;
    private readonly int[] _columns;

    private OnnxJudge(OnnxOptions options, InferenceSession session, OnnxTokenizer tokenizer, int[] columns, string version) =>
        (_options, _session, _tokenizer, _columns, Version) = (options, session, tokenizer, columns, version);

    /// <inheritdoc/>
    public string Version { get; }

    /// <summary>Opens model and tokenizer, and judges one text to see that they fit.</summary>
    /// <exception cref="InvalidOperationException">They do not; the message names the setting and the remedy.</exception>
    public static OnnxJudge Open(OnnxOptions options)
    {
        var model = Existing(options.ModelPath, nameof(OnnxOptions.ModelPath));
        Existing(options.TokenizerPath, nameof(OnnxOptions.TokenizerPath));
        if (options is { Tokenizer: TokenizerKind.Bpe, ByteLevel: true })
        {
            Existing(options.MergesPath, nameof(OnnxOptions.MergesPath));
        }

        string[] wanted = ["negative", "neutral", "positive"];
        var labels = options.Labels ?? wanted;
        var columns = Array.ConvertAll(wanted, w => Array.FindIndex(labels, l => l.Equals(w, StringComparison.OrdinalIgnoreCase)));
        if (labels.Length != wanted.Length || columns.Contains(-1))
        {
            throw Unusable(nameof(OnnxOptions.Labels), "it takes negative, neutral and positive, each once, in the order of the model's output", null);
        }

        var session = Try(nameof(OnnxOptions.ModelPath), $"{model} is no ONNX model that can be run", () => new InferenceSession(model, new Microsoft.ML.OnnxRuntime.SessionOptions { IntraOpNumThreads = options.Threads, InterOpNumThreads = 1 }));
        var tokenizer = Try(nameof(OnnxOptions.TokenizerPath), $"{options.TokenizerPath} is no {options.Tokenizer} tokenizer", () => OnnxTokenizer.Open(options));
        if (!session.InputMetadata.ContainsKey(options.InputIds))
        {
            throw Unusable(nameof(OnnxOptions.InputIds), $"the model has the inputs {string.Join(", ", session.InputMetadata.Keys)}", null);
        }

        if (!session.OutputMetadata.ContainsKey(options.Output))
        {
            throw Unusable(nameof(OnnxOptions.Output), $"the model has the outputs {string.Join(", ", session.OutputMetadata.Keys)}", null);
        }

        var version = options.Version ?? Hash(model);
        var judge = new OnnxJudge(options, session, tokenizer, columns, version);
        Try(nameof(OnnxOptions.ModelPath), "it does not judge a text into three float32 logits", () => judge.Logits(["ready"]));
        return judge;
    }

    /// <inheritdoc/>
    public Judgement Score(string? title, string text, string? language = null, IReadOnlyList<NameSpan>? names = null, bool explain = true) => ScoreAll([new(title, text, language, names)], explain)[0];

    /// <inheritdoc/>
    public IReadOnlyList<Judgement> ScoreAll(IReadOnlyList<TextToJudge> texts) => ScoreAll(texts, explain: true);

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    private List<Judgement> ScoreAll(IReadOnlyList<TextToJudge> texts, bool explain)
    {
        var cut = texts.Select(Cut).ToList();
        var logits = Logits([.. cut.Select(c => c.Joined)]);
        return [.. cut.Select((c, i) => Judge(c, logits[i], explain))];
    }

    private Judgement Judge(Piece piece, Vector128<float> logits, bool explain)
    {
        if (string.IsNullOrWhiteSpace(piece.Joined))
        {
            return new Judgement(Sentiment.Neutral, 0, 1, 0, piece.Language, Explanation.Nothing);
        }

        return Judgement.Of(Swapped(piece, logits), piece.Language, explain ? new Explanation(Occlude(piece, logits), null, null, null) : Explanation.Nothing, piece.Part?.Ignored);
    }

    // Covers each word with nothing and looks what the negative logit, less the mean of the others, loses.
    private IReadOnlyList<EvidenceSpan> Occlude(Piece piece, Vector128<float> whole)
    {
        var words = new List<Word>();
        Word.Read(PostPart.Title, piece.Title, Featurizer.TitleWindow, [], words);
        Word.Read(PostPart.Text, piece.Text, Featurizer.TextWindow, [], words);
        var shown = words.Take(_options.EvidenceWords).ToList();
        if (shown.Count == 0)
        {
            return [];
        }

        var without = Logits([.. shown.Select(w => piece.Without(w))]);
        var full = Unit.Against(Swapped(piece, whole));
        return
        [
            .. shown.Select((w, i) => new EvidenceSpan(w.Part, w.Start, w.End - w.Start, full - Unit.Against(Swapped(piece, without[i]))))
                .OrderByDescending(s => MathF.Abs(s.Weight)).Take(Evidence.Most)
                .OrderBy(s => s.Part).ThenBy(s => s.Start),
        ];
    }

    private static Vector128<float> Swapped(Piece piece, Vector128<float> logits) => piece.Part is { IsComparedWith: true } ? Unit.Swap(logits) : logits;

    private Vector128<float>[] Logits(IReadOnlyList<string> texts)
    {
        var all = new Vector128<float>[texts.Count];
        for (var from = 0; from < texts.Count; from += _options.BatchSize)
        {
            Run([.. texts.Skip(from).Take(_options.BatchSize).Select(_tokenizer.Encode)], all.AsSpan(from));
        }

        return all;
    }

    private void Run(long[][] ids, Span<Vector128<float>> logits)
    {
        var length = Math.Max(1, ids.Max(i => i.Length));
        long[] shape = [ids.Length, length];
        var (tokens, mask) = (new long[ids.Length * length], new long[ids.Length * length]);
        Array.Fill(tokens, _options.PadId);
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i].CopyTo(tokens, i * length);
            mask.AsSpan(i * length, ids[i].Length).Fill(1);
        }

        var inputs = new Dictionary<string, OrtValue>(StringComparer.Ordinal) { [_options.InputIds] = OrtValue.CreateTensorValueFromMemory(tokens, shape) };
        if (_session.InputMetadata.ContainsKey(_options.AttentionMask))
        {
            inputs[_options.AttentionMask] = OrtValue.CreateTensorValueFromMemory(mask, shape);
        }

        if (_session.InputMetadata.ContainsKey(_options.TokenTypeIds))
        {
            inputs[_options.TokenTypeIds] = OrtValue.CreateTensorValueFromMemory(new long[tokens.Length], shape);
        }

        try
        {
            using var run = new RunOptions();
            using var outputs = _session.Run(run, inputs, [_options.Output]);
            var values = outputs[0].GetTensorDataAsSpan<float>();
            if (values.Length != ids.Length * SentimentModel.Classes)
            {
                throw new InvalidDataException($"{_options.Output} has {values.Length / ids.Length} values a text; it takes {SentimentModel.Classes}.");
            }

            for (var i = 0; i < ids.Length; i++)
            {
                var row = values.Slice(i * SentimentModel.Classes, SentimentModel.Classes);
                logits[i] = Vector128.Create(row[_columns[0]], row[_columns[1]], row[_columns[2]], 0);
            }
        }
        finally
        {
            foreach (var input in inputs.Values)
            {
                input.Dispose();
            }
        }
    }

    private static Piece Cut(TextToJudge given)
    {
        var language = string.IsNullOrEmpty(given.Language) || given.Language == "und" ? LanguageIdentifier.Identify(given.Text).Code : given.Language;
        var part = BrandPart.Of(given.Title, given.Text, given.Names, language);
        return new Piece(Window(part?.Title ?? given.Title, Featurizer.TitleWindow), Window(part?.Text ?? given.Text, Featurizer.TextWindow)!, language, part);
    }

    private static string? Window(string? text, int window) => text is null || text.Length <= window ? text : text[..(char.IsHighSurrogate(text[window - 1]) ? window - 1 : window)];

    private static string Existing(string? path, string setting) => path is not null && File.Exists(path) ? path : throw Unusable(setting, $"the file {path ?? "(none)"} does not exist", null);

    private static string Hash(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file))[..12];
    }

    private static T Try<T>(string setting, string what, Func<T> act)
    {
        try
        {
            return act();
        }
        catch (Exception e) when (e is not InvalidOperationException { Source: nameof(OnnxJudge) })
        {
            throw Unusable(setting, what, e);
        }
    }

    private static InvalidOperationException Unusable(string setting, string what, Exception? cause) =>
        new($"Sentiment:Onnx:{setting}: {what}.{(cause is null ? "" : " " + cause.Message)} Put it right, or leave Sentiment:Onnx:ModelPath empty to judge by the shipped model.", cause) { Source = nameof(OnnxJudge) };

    /// <summary>What of a text is judged.</summary>
    private sealed record Piece(string? Title, string Text, string Language, BrandPart? Part)
    {
        public string Joined { get; } = string.IsNullOrWhiteSpace(Title) ? Text : $"{Title}\n{Text}";

        public string Without(Word word)
        {
            var (title, text) = word.Part == PostPart.Title ? (Title!.Remove(word.Start, word.End - word.Start), Text) : (Title, Text.Remove(word.Start, word.End - word.Start));
            return string.IsNullOrWhiteSpace(title) ? text : $"{title}\n{text}";
        }
    }
}
