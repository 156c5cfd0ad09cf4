namespace Serm.Ingest.Queries.Matching;

/// <summary>Finds terms by their characters: open addressing over hashes that the caller builds up letter by letter. Immutable after <see cref="Add"/> has been called for all.</summary>
/// <param name="capacity">Terms at most.</param>
internal sealed class TermTable(int capacity)
{
    /// <summary>The hash of no characters (FNV-1a, 64 bit, over UTF-16 units).</summary>
    public const ulong EmptyHash = 14695981039346656037;

    private const ulong Prime = 1099511628211;
    private const ulong Golden = 11400714819323198485;

    private readonly Slot[] slots = new Slot[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, capacity * 4))];
    private readonly int shift = 64 - System.Numerics.BitOperations.Log2(System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, capacity * 4)));

    /// <summary>The hash with one more character.</summary>
    public static ulong Hash(ulong hash, char next) => (hash ^ next) * Prime;

    /// <summary>The hash of a text.</summary>
    public static ulong Hash(ReadOnlySpan<char> text)
    {
        var hash = EmptyHash;
        foreach (var c in text)
        {
            hash = Hash(hash, c);
        }

        return hash;
    }

    /// <summary>Adds a term that is not there yet.</summary>
    public void Add(string text, int term)
    {
        var hash = Hash(text);
        var at = Place(hash);
        while (slots[at].Text is not null)
        {
            at = (at + 1) & (slots.Length - 1);
        }

        slots[at] = new(hash, text, term);
    }

    /// <summary>The term, or -1.</summary>
    public int Find(ulong hash, ReadOnlySpan<char> text)
    {
        for (var at = Place(hash); ; at = (at + 1) & (slots.Length - 1))
        {
            ref readonly var slot = ref slots[at];
            if (slot.Text is null)
            {
                return -1;
            }

            if (slot.Hash == hash && text.SequenceEqual(slot.Text))
            {
                return slot.Term;
            }
        }
    }

    // FNV leaves little in the low bits.
    private int Place(ulong hash) => (int)((hash * Golden) >> shift);

    private readonly record struct Slot(ulong Hash, string Text, int Term);
}
