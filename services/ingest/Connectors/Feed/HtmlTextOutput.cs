using System.Text;

namespace Serm.Ingest.Connectors.Feed;

/// <summary>Text on its way out of HTML: two blocks that meet make one break, not two.</summary>
internal sealed class HtmlTextOutput(int capacity)
{
    private readonly StringBuilder output = new(capacity);
    private int breaks;
    private bool visible;

    /// <summary>Characters so far.</summary>
    public int Length => output.Length;

    /// <summary>Adds a run of text, decoding its references.</summary>
    public void Text(ReadOnlySpan<char> raw, bool keepLines)
    {
        if (raw.IsWhiteSpace() && !keepLines)
        {
            Space();
            return;
        }

        var from = output.Length;
        CharacterReferences.Decode(raw, output, bare: true);
        if (!keepLines)
        {
            // A line break in the source is a blank like any other; a decoded one too.
            output.Replace('\n', ' ', from, output.Length - from);
            output.Replace('\r', ' ', from, output.Length - from);
        }

        visible = true;
        breaks = 0;
    }

    /// <summary>Keeps words apart.</summary>
    public void Space()
    {
        if (visible && breaks == 0)
        {
            output.Append(' ');
        }
    }

    /// <summary>Ends the line.</summary>
    public void Line()
    {
        output.Append('\n');
        breaks++;
    }

    /// <summary>Makes sure that at least so many line ends stand before what comes next.</summary>
    public void Break(int lines)
    {
        if (visible && breaks < lines)
        {
            output.Append('\n', lines - breaks);
            breaks = lines;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => output.ToString();
}
