using System.Text;

namespace Serm.Ingest.Connectors.Feed;

/// <summary>Reads a feed's elements off the markup and hands over post by post, so that memory stays with one post however many there are. Mends what is open, crossed or cut off.</summary>
/// <param name="source">The document.</param>
/// <param name="baseUrl">Where it was read.</param>
/// <param name="maxItems">Posts to read at most.</param>
internal sealed partial class FeedTree(string source, Uri? baseUrl, int maxItems)
{
    private const int MaxDepth = 64;
    private const int MaxNodes = 20_000;

    private readonly Markup markup = new(source, html: false);
    private readonly DeclaredEntities entities = new();
    private readonly List<(string Written, FeedNode Node, Dictionary<string, string>? Namespaces)> open = [];
    private int nodes;
    private int items;
    private FeedNode? item;

    /// <summary>The outermost element: <c>rss</c>, <c>rdf:rdf</c>, <c>feed</c>, <c>channel</c>, or the first post of a document that has lost its head. Null when there is none of these.</summary>
    public FeedNode? Root { get; private set; }

    /// <summary>True when the document ended inside an element.</summary>
    public bool Truncated { get; private set; }

    /// <summary>True when there were more posts than are read.</summary>
    public bool Capped { get; private set; }

    /// <summary>True when an HTML page was met before any feed.</summary>
    public bool IsHtml { get; private set; }

    /// <summary>The posts, each as soon as it is complete.</summary>
    public IEnumerable<FeedNode> Items()
    {
        while (markup.Read())
        {
            var before = item;
            switch (markup.Kind)
            {
                case MarkupToken.Doctype:
                    entities.Declare(markup.Raw);
                    break;
                case MarkupToken.StartTag:
                    Open();
                    break;
                case MarkupToken.EndTag:
                    Close(markup.Name);
                    break;
                case MarkupToken.Text when open.Count > 0:
                    open[^1].Node.Append(CharacterReferences.Decode(markup.Raw, entities));
                    break;
                case MarkupToken.CData when open.Count > 0:
                    open[^1].Node.Append(markup.Raw.ToString());
                    break;
                default:
                    break;
            }

            if (before is not null && !ReferenceEquals(before, item))
            {
                yield return before;
            }

            if (Capped)
            {
                yield break;
            }
        }

        Truncated |= open.Count > 0;
        if (item is not null)
        {
            ForgetCutElements(item);
            yield return item;
        }
    }

    private void Open()
    {
        var namespaces = Declarations();
        var name = Canonical(markup.Name, namespaces, isAttribute: false);
        if (Root is null && !StartsFeed(name))
        {
            IsHtml |= name is "html" or "xhtml:html" or "head" or "body";
            return;
        }

        CloseOpenValue(name);
        var isItem = name is "item" or "entry";
        if (isItem)
        {
            CloseItem();
            if (items++ >= maxItems)
            {
                Capped = true;
                return;
            }

            nodes = 0;
        }

        // Nobody looks so deep: what stands there is text of the element above.
        if (open.Count >= MaxDepth && !isItem)
        {
            return;
        }

        var parent = open.Count == 0 ? null : open[^1].Node;
        var attributes = Attributes(namespaces);
        var node = new FeedNode(name, parent)
        {
            Attributes = attributes,
            Language = attributes.FirstOrDefault(a => a.Name is "xml:lang").Value ?? parent?.Language,
            Base = BaseOf(attributes, parent?.Base ?? baseUrl),
        };
        Root ??= node;
        item = isItem ? node : item;
        if (!isItem && nodes++ < MaxNodes)
        {
            parent?.Children.Add(node);
        }

        if (markup.SelfClosing)
        {
            node.Content = FeedContent.IsTextElement(name) ? "" : null;
            item = isItem ? null : item;
            return;
        }

        if (FeedContent.IsTextElement(name) && !isItem)
        {
            ReadContent(node, markup.Name);
        }
        else
        {
            open.Add((markup.Name, node, namespaces));
        }
    }

    private void ReadContent(FeedNode node, string written)
    {
        var output = new StringBuilder();
        var asWritten = FeedContent.IsXhtml(node);
        var depth = 0;
        while (true)
        {
            if (!markup.Read())
            {
                Truncated = true;
                break;
            }

            if (markup.Kind is MarkupToken.StartTag or MarkupToken.EndTag)
            {
                var same = markup.Name.Equals(written, StringComparison.OrdinalIgnoreCase);
                if (markup.Kind == MarkupToken.EndTag && same && depth-- == 0)
                {
                    break;
                }

                if (Ends(node))
                {
                    markup.Unread();
                    break;
                }

                depth += same && markup.Kind == MarkupToken.StartTag && !markup.SelfClosing ? 1 : 0;
                node.HasTags = true;
                output.Append(markup.Raw);
            }
            else if (markup.Kind == MarkupToken.CData)
            {
                output.Append(asWritten ? markup.Raw.ToString().Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal) : markup.Raw);
            }
            else if (markup.Kind == MarkupToken.Text && !asWritten)
            {
                CharacterReferences.Decode(markup.Raw, output, entities);
            }
            else if (markup.Kind == MarkupToken.Text)
            {
                output.Append(markup.Raw);
            }
        }

        node.Content = output.ToString();
    }

    // The end tag of a text element is missing when something comes that can only stand beside or around it.
    private bool Ends(FeedNode node)
    {
        var name = markup.Name;
        if (markup.Kind == MarkupToken.EndTag)
        {
            return open.Exists(o => o.Written.Equals(name, StringComparison.OrdinalIgnoreCase) && o.Node.Name is "item" or "entry" or "channel" or "feed" or "rss" or "rdf:rdf" or "image");
        }

        var local = name[(name.LastIndexOf(':') + 1)..].ToLowerInvariant();
        return local switch
        {
            "item" or "entry" => !FeedContent.IsForeignXml(node),
            "pubdate" or "guid" or "published" or "updated" or "lastbuilddate" or "creator" or "encoded" => !FeedContent.IsForeignXml(node),
            "link" or "description" or "content" or "summary" or "author" or "category" or "id" => node.Name == "title" && !FeedContent.IsXhtml(node),
            _ => false,
        };
    }

    private void Close(string written)
    {
        for (var i = open.Count - 1; i >= 0; i--)
        {
            if (open[i].Written.Equals(written, StringComparison.OrdinalIgnoreCase))
            {
                CloseTo(i);
                return;
            }
        }
    }

    private void CloseItem()
    {
        var at = item is null ? -1 : open.FindIndex(o => ReferenceEquals(o.Node, item));
        if (at >= 0)
        {
            CloseTo(at);
        }
    }

    private void CloseTo(int index)
    {
        var itemAt = item is null ? -1 : open.FindIndex(o => ReferenceEquals(o.Node, item));
        open.RemoveRange(index, open.Count - index);
        if (itemAt >= index)
        {
            item = null;
        }
    }

    // Half an id or half a link would name another post.
    private void ForgetCutElements(FeedNode cut)
    {
        for (var i = open.Count - 1; i > 0 && !ReferenceEquals(open[i].Node, cut); i--)
        {
            open[i - 1].Node.Children.Remove(open[i].Node);
        }
    }

    // <link>http://... without its end tag would take in all that follows.
    private void CloseOpenValue(string name)
    {
        if (open.Count > 1 && FeedContent.IsValue(open[^1].Node.Name) && (FeedContent.IsValue(name) || FeedContent.IsTextElement(name) || name is "item" or "entry" or "author" or "source" or "enclosure"))
        {
            open.RemoveAt(open.Count - 1);
        }
    }

    private static bool StartsFeed(string name) => name is "rss" or "rdf:rdf" or "rdf" or "feed" or "channel" or "item" or "entry";
}
