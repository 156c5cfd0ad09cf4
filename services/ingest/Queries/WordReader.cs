using System.Text;

namespace Serm.Ingest.Queries;

/// <summary>Reads the words of a text one after the other, folded, without allocating. Words are runs of letters and digits; in scripts without spaces each character is one.</summary>
/// <param name="text">Any text; NFC, or composed and decomposed vowel signs differ.</param>
/// <param name="buffer">Takes the folded word; what does not fit is not compared. <see cref="MaxWord"/> characters by convention, so that all compare the same.</param>
internal ref struct WordReader(ReadOnlySpan<char> text, Span<char> buffer)
{
    /// <summary>Folded characters of a word that count.</summary>
    public const int MaxWord = 128;

    private readonly ReadOnlySpan<char> text = text;
    private readonly Span<char> buffer = buffer;
    private int at;
    private int length;

    /// <summary>The folded word.</summary>
    public readonly ReadOnlySpan<char> Word => buffer[..length];

    /// <summary>First UTF-16 character in the text.</summary>
    public int Start { get; private set; }

    /// <summary>One past the last UTF-16 character in the text.</summary>
    public int End { get; private set; }

    /// <summary>Goes to the next word.</summary>
    public bool Next()
    {
        length = 0;
        var inside = false;
        while (at < text.Length)
        {
            var kind = Folding.Of(text[at], out var folded);
            var width = 1;
            string? several = null;
            if (kind is CharKind.Surrogate or CharKind.Letters)
            {
                (kind, several, width) = Slow(text[at..]);
            }

            if (inside ? kind is CharKind.Separator or CharKind.Alone : kind is CharKind.Separator or CharKind.Dropped or CharKind.Sign)
            {
                if (inside)
                {
                    return true;
                }

                at += width;
                continue;
            }

            if (!inside)
            {
                inside = true;
                Start = at;
            }

            if (several is null)
            {
                Add(folded, kind);
            }
            else
            {
                foreach (var c in several)
                {
                    Add(c, kind);
                }
            }

            at += width;
            End = at;
            if (kind == CharKind.Alone)
            {
                TakeSigns();
                return true;
            }
        }

        return inside;
    }

    // What hangs on a character that is a word by itself.
    private void TakeSigns()
    {
        while (at < text.Length)
        {
            var kind = Folding.Of(text[at], out var folded);
            if (kind is not (CharKind.Sign or CharKind.Dropped))
            {
                return;
            }

            Add(folded, kind);
            End = ++at;
        }
    }

    private void Add(char c, CharKind kind)
    {
        if (kind != CharKind.Dropped && length < buffer.Length)
        {
            buffer[length++] = c;
        }
    }

    private static (CharKind Kind, string Folded, int Width) Slow(ReadOnlySpan<char> text)
    {
        if (Rune.DecodeFromUtf16(text, out var rune, out var width) != System.Buffers.OperationStatus.Done)
        {
            return (CharKind.Separator, "", Math.Max(width, 1));
        }

        var (kind, folded) = Folding.Of(rune);
        return (kind, folded, width);
    }
}
