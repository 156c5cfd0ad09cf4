using System.Text;

namespace Serm.Ingest.Connectors.Feed;

/// <summary>An element of a feed: its name with the prefix that the vocabulary is known by (<c>dc:creator</c>; RSS and Atom without one), lower case.</summary>
internal sealed class FeedNode(string name, FeedNode? parent)
{
    private StringBuilder? text;

    /// <summary>Canonical name.</summary>
    public string Name { get; } = name;

    /// <summary>Attributes by canonical lower-case name, decoded.</summary>
    public IReadOnlyList<(string Name, string Value)> Attributes { get; init; } = [];

    /// <summary>Elements inside, in document order.</summary>
    public List<FeedNode> Children { get; } = [];

    /// <summary>xml:lang in force here.</summary>
    public string? Language { get; init; } = parent?.Language;

    /// <summary>Address that relative ones are resolved against here.</summary>
    public Uri? Base { get; init; } = parent?.Base;

    /// <summary>What a text element holds: text decoded once, inner tags as written (all as written when its type is xhtml).</summary>
    public string? Content { get; set; }

    /// <summary>True when <see cref="Content"/> holds tags that were not escaped.</summary>
    public bool HasTags { get; set; }

    /// <summary>Takes a run of text.</summary>
    public void Append(string run) => (text ??= new()).Append(run);

    /// <summary>Value of an attribute; null when absent.</summary>
    public string? this[string attribute]
    {
        get
        {
            foreach (var (name, value) in Attributes)
            {
                if (name == attribute)
                {
                    return value;
                }
            }

            return null;
        }
    }

    /// <summary>The first child of a name; null when there is none.</summary>
    public FeedNode? Child(string name) => Children.Find(c => c.Name == name);

    /// <summary>All children of a name.</summary>
    public IEnumerable<FeedNode> All(string name) => Children.Where(c => c.Name == name);

    /// <summary>Text of this element and of those inside.</summary>
    public string InnerText()
    {
        if (Content is not null || Children.Count == 0)
        {
            return Content ?? text?.ToString() ?? "";
        }

        var output = new StringBuilder().Append(text);
        foreach (var child in Children)
        {
            output.Append(' ').Append(child.InnerText());
        }

        return output.ToString();
    }
}
