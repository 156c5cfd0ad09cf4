using System.Text.Json;
using Serm.Sentiments.Onnx;

namespace Serm.Tests.Unit.Sentiments;

/// <summary>Texts become the ids that a model was trained on: tiny vocabularies written here, ids counted by hand.</summary>
public sealed class ReadingTokens : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("serm-tokens").FullName;

    [Fact]
    public void A_vocabulary_of_bytes_knows_every_script()
    {
        // Each byte is its own id; two merges: "д", and "д" behind a space.
        var d = $"{Symbol(0xD0)}{Symbol(0xB4)}";
        var vocabulary = Enumerable.Range(0, 256).ToDictionary(b => Symbol((byte)b).ToString(), b => b, StringComparer.Ordinal);
        (vocabulary[d], vocabulary[$"Ġ{d}"]) = (256, 257);
        var options = new OnnxOptions
        {
            Tokenizer = TokenizerKind.Bpe,
            TokenizerPath = Written("vocab.json", JsonSerializer.Serialize(vocabulary)),
            MergesPath = Written("merges.txt", $"#version: 0.2\n{d[0]} {d[1]}\nĠ {d}\n"),
            StartId = 300,
            EndId = 302,
        };

        OnnxTokenizer.Open(options).Encode("a да!").ShouldBe([300, 'a', 257, 0xD0, 0xB0, '!', 302]);
        OnnxTokenizer.Open(options).Encode("\U0001F621").ShouldBe([300, 0xF0, 0x9F, 0x98, 0xA1, 302]);
    }

    [Theory]
    [InlineData(null, new long[] { 0, 4, 6, 1, 5, 2 })]
    [InlineData(3, new long[] { 0, 4, 6, 3, 5, 2 })]
    public void What_pieces_do_not_know_can_have_an_id_that_the_shift_does_not_move(int? unknown, long[] expected)
    {
        var path = Path.Combine(folder, "sentencepiece.bpe.model");
        File.WriteAllBytes(path, TinyOnnx.Pieces("<unk>", "<s>", "</s>", "▁bad", "▁good", "▁"));
        var options = new OnnxOptions { Tokenizer = TokenizerKind.SentencePiece, TokenizerPath = path, IdOffset = 1, StartId = 0, EndId = 2, PadId = 1, UnknownId = unknown };

        OnnxTokenizer.Open(options).Encode("bad Ж good").ShouldBe(expected);
    }

    [Theory]
    [InlineData(true, new long[] { 2, 5, 6, 3 })]
    [InlineData(false, new long[] { 2, 1, 1, 3 })]
    public void A_vocabulary_in_lower_case_has_no_accents_either(bool lowerCase, long[] expected)
    {
        var options = new OnnxOptions { TokenizerPath = Written("vocab.txt", string.Join('\n', "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "мои", "te", "")), LowerCase = lowerCase };

        OnnxTokenizer.Open(options).Encode("Мой tệ").ShouldBe(expected);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    // As GPT-2 writes bytes: what can be seen as itself, all else from U+0100 on.
    private static char Symbol(byte value)
    {
        static bool IsSeen(int b) => b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE;
        return IsSeen(value) ? (char)value : (char)(256 + Enumerable.Range(0, value).Count(b => !IsSeen(b)));
    }

    private string Written(string name, string content)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, content);
        return path;
    }
}
