using Microsoft.ML.Tokenizers;

namespace Serm.Sentiments.Onnx;

/// <summary>Turns texts into the ids that a model was trained on.</summary>
internal sealed class OnnxTokenizer
{
    private readonly Tokenizer _tokenizer;
    private readonly OnnxOptions _options;
    private readonly int? _start;
    private readonly int? _end;

    private OnnxTokenizer(Tokenizer tokenizer, OnnxOptions options, int? start, int? end) =>
        (_tokenizer, _options, _start, _end) = (tokenizer, options, options.StartId ?? start, options.EndId ?? end);

    /// <summary>Reads the tokenizer's file.</summary>
    /// <exception cref="Exception">The file cannot be read; whatever the tokenizer throws.</exception>
    public static OnnxTokenizer Open(OnnxOptions options)
    {
        switch (options.Tokenizer)
        {
            case TokenizerKind.WordPiece:
                var bert = BertTokenizer.Create(options.TokenizerPath!, new BertOptions { LowerCaseBeforeTokenization = options.LowerCase, RemoveNonSpacingMarks = options.StripAccents ?? options.LowerCase });
                return new(bert, options, bert.ClassificationTokenId, bert.SeparatorTokenId);
            case TokenizerKind.Bpe:
                var bpe = options.ByteLevel
                    ? BpeTokenizer.Create(new BpeOptions(options.TokenizerPath!, options.MergesPath!) { ByteLevel = true, PreTokenizer = RobertaPreTokenizer.Instance })
                    : BpeTokenizer.Create(options.TokenizerPath!, options.MergesPath);
                return new(bpe, options, null, null);
            default:
                using (var file = File.OpenRead(options.TokenizerPath!))
                {
                    return new(SentencePieceTokenizer.Create(file, addBeginningOfSentence: false, addEndOfSentence: false), options, null, null);
                }
        }
    }

    /// <summary>The ids of a text, at most <see cref="OnnxOptions.MaxTokens"/>, with those that begin and end it.</summary>
    public long[] Encode(string text)
    {
        // Line ends and tabs are control characters to this tokenizer: it would glue the words beside them together.
        var ids = _tokenizer is BertTokenizer bert ? bert.EncodeToIds(text.ReplaceLineEndings(" ").Replace('\t', ' '), addSpecialTokens: false) : _tokenizer.EncodeToIds(text);
        var room = _options.MaxTokens - (_start is null ? 0 : 1) - (_end is null ? 0 : 1);
        var all = new List<long>(Math.Min(ids.Count, room) + 2);
        if (_start is { } start)
        {
            all.Add(start);
        }

        all.AddRange(ids.Take(room).Select(Shifted));
        if (_end is { } end)
        {
            all.Add(end);
        }

        return [.. all];
    }

    private long Shifted(int id) => _tokenizer is SentencePieceTokenizer pieces && id == pieces.UnknownId && _options.UnknownId is { } unknown ? unknown : (long)id + _options.IdOffset;
}
