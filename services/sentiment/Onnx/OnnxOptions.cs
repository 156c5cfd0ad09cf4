using System.ComponentModel.DataAnnotations;

namespace Serm.Sentiments.Onnx;

/// <summary>How texts become numbers.</summary>
internal enum TokenizerKind
{
    /// <summary><c>vocab.txt</c> of BERT and its like.</summary>
    WordPiece = 0,

    /// <summary><c>vocab.json</c> and <c>merges.txt</c>.</summary>
    Bpe = 1,

    /// <summary><c>sentencepiece.bpe.model</c> and its like.</summary>
    SentencePiece = 2,
}

/// <summary>A transformer of the user's own that judges instead of the shipped model, under <c>Sentiment:Onnx</c>. Nothing of this counts while <see cref="ModelPath"/> is empty.</summary>
internal sealed class OnnxOptions
{
    /// <summary>The model: one text classifier with three labels, as ONNX.</summary>
    public string? ModelPath { get; set; }

    /// <summary>The tokenizer's file; see <see cref="TokenizerKind"/>.</summary>
    public string? TokenizerPath { get; set; }

    /// <summary>False when a <see cref="TokenizerKind.Bpe"/> vocabulary is made of characters: those of GPT-2, RoBERTa and nearly all others are made of bytes.</summary>
    public bool ByteLevel { get; set; } = true;

    /// <summary>The merges of a <see cref="TokenizerKind.Bpe"/> tokenizer.</summary>
    public string? MergesPath { get; set; }

    public TokenizerKind Tokenizer { get; set; } = TokenizerKind.WordPiece;

    /// <summary>True when a <see cref="TokenizerKind.WordPiece"/> model was trained on lower case.</summary>
    public bool LowerCase { get; set; } = true;

    /// <summary>True when a <see cref="TokenizerKind.WordPiece"/> model was trained without accents; as <see cref="LowerCase"/> when left out, which is what BERT does.</summary>
    public bool? StripAccents { get; set; }

    /// <summary>Added to every id of the tokenizer: 1 for models of the XLM-RoBERTa kind, whose ids are SentencePiece's shifted by one.</summary>
    public int IdOffset { get; set; }

    /// <summary>Id of what a <see cref="TokenizerKind.SentencePiece"/> vocabulary does not know; the tokenizer's own, shifted, when left out. 3 for models of the XLM-RoBERTa kind, where the shifted one would be the filling.</summary>
    public int? UnknownId { get; set; }

    /// <summary>Id that begins each text; the tokenizer's own, or none, when left out.</summary>
    public int? StartId { get; set; }

    /// <summary>Id that ends each text; the tokenizer's own, or none, when left out.</summary>
    public int? EndId { get; set; }

    /// <summary>Id that fills shorter texts of a batch.</summary>
    public int PadId { get; set; }

    /// <summary>Tokens of a text that are judged, the two at its ends included.</summary>
    [Range(8, 4096)]
    public int MaxTokens { get; set; } = 256;

    /// <summary>Texts judged at once.</summary>
    [Range(1, 1024)]
    public int BatchSize { get; set; } = 16;

    /// <summary>Threads that one run takes.</summary>
    [Range(1, 256)]
    public int Threads { get; set; } = 1;

    /// <summary>Name of the input of ids: int64, texts by tokens.</summary>
    public string InputIds { get; set; } = "input_ids";

    /// <summary>Name of the input that is 1 for tokens and 0 for filling; given only when the model has it.</summary>
    public string AttentionMask { get; set; } = "attention_mask";

    /// <summary>Name of the input of zeros; given only when the model has it.</summary>
    public string TokenTypeIds { get; set; } = "token_type_ids";

    /// <summary>Name of the output: float32, texts by labels, logits.</summary>
    public string Output { get; set; } = "logits";

    /// <summary>What its columns mean: negative, neutral, positive in the model's order; that order when left out. No default stands here, as configuration would be added to it.</summary>
    public string[]? Labels { get; set; }

    /// <summary>What its verdicts are signed with; the first 12 hex digits of the file's SHA-256 when left out.</summary>
    [MaxLength(32)]
    public string? Version { get; set; }

    /// <summary>Words of a text that are covered one by one to see what they added; each costs another run. 0 gives verdicts without evidence.</summary>
    [Range(0, 200)]
    public int EvidenceWords { get; set; } = 24;
}
