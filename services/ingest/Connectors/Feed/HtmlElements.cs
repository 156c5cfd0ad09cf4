using System.Collections.Frozen;

namespace Serm.Ingest.Connectors.Feed;

/// <summary>What the reader has to know of HTML elements to turn them into plain text.</summary>
internal static class HtmlElements
{
    private static readonly FrozenSet<string> RawText = Set("script style xmp textarea");

    private static readonly FrozenSet<string> Dropped = Set("script style textarea template select");

    private static readonly FrozenSet<string> Block = Set(
        "address article aside blockquote body br center dd details dialog dir div dl dt fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 " +
        "header hr html legend li main menu nav ol optgroup option p pre section summary table tbody tfoot thead tr ul");

    private static readonly FrozenSet<string> Paragraph = Set("p h1 h2 h3 h4 h5 h6 blockquote pre ul ol dl table hr");

    private static readonly FrozenSet<string> Void = Set("area base br col embed hr img input link meta param source track wbr");

    private static readonly FrozenSet<string> Inline = Set(
        "a abbr acronym audio b bdi bdo big canvas caption cite code col colgroup data del dfn em embed font i img input ins kbd label map mark marquee meter " +
        "nobr noscript object applet button head output param picture progress q rp rt ruby s samp small source span strike strong sub sup svg math title iframe noembed td th time track tt u var video wbr area link meta");

    /// <summary>The content is text up to the end tag, whatever it looks like.</summary>
    public static bool IsRawText(string name) => RawText.Contains(name);

    /// <summary>The content is nothing that a reader of the post would read.</summary>
    public static bool IsDropped(string name) => Dropped.Contains(name);

    /// <summary>Begins and ends a line.</summary>
    public static bool IsBlock(string name) => Block.Contains(name);

    /// <summary>Is set apart by an empty line.</summary>
    public static bool IsParagraph(string name) => Paragraph.Contains(name);

    /// <summary>Has no end tag.</summary>
    public static bool IsVoid(string name) => Void.Contains(name);

    /// <summary>A name that HTML knows.</summary>
    public static bool IsKnown(string name) => Block.Contains(name) || Inline.Contains(name) || Dropped.Contains(name);

    private static FrozenSet<string> Set(string names) => names.Split(' ').ToFrozenSet(StringComparer.OrdinalIgnoreCase);
}
