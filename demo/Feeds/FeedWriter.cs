using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Xml;

namespace Serm.Demo.Feeds;

/// <summary>Writes a feed in its shape and charset. What the charset lacks, such as emoji in windows-1251, becomes a character reference.</summary>
internal static class FeedWriter
{
    private const string Rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
    private const string Rss1 = "http://purl.org/rss/1.0/";
    private const string Dc = "http://purl.org/dc/elements/1.1/";
    private const string Content = "http://purl.org/rss/1.0/modules/content/";
    private const string Syndication = "http://purl.org/rss/1.0/modules/syndication/";
    private const string Atom = "http://www.w3.org/2005/Atom";
    private const string XmlNamespace = "http://www.w3.org/XML/1998/namespace";

    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.Create(System.Text.Unicode.UnicodeRanges.All), Indented = true };

    static FeedWriter() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>The Content-Type of a feed.</summary>
    public static string ContentType(SampleFeed feed) => feed.Shape switch
    {
        FeedShape.Rss => $"application/rss+xml; charset={feed.Charset}",
        FeedShape.Rdf => $"application/rdf+xml; charset={feed.Charset}",
        FeedShape.Atom => $"application/atom+xml; charset={feed.Charset}",
        _ => "application/feed+json; charset=utf-8",
    };

    /// <summary>The document.</summary>
    /// <param name="feed">Its site.</param>
    /// <param name="entries">Newest first.</param>
    /// <param name="site">Base address of the sites.</param>
    public static byte[] Write(SampleFeed feed, IReadOnlyList<Entry> entries, Uri site)
    {
        using var body = new MemoryStream();
        if (feed.Shape == FeedShape.Json)
        {
            using var json = new Utf8JsonWriter(body, JsonOptions);
            WriteJson(json, feed, entries, site);
        }
        else
        {
            using var xml = XmlWriter.Create(body, new() { Encoding = feed.Charset == "utf-8" ? new UTF8Encoding(false) : Encoding.GetEncoding(feed.Charset), Indent = true });
            Action<XmlWriter, SampleFeed, IReadOnlyList<Entry>, Uri> write = feed.Shape switch { FeedShape.Rss => WriteRss, FeedShape.Rdf => WriteRdf, _ => WriteAtom };
            write(xml, feed, entries, site);
        }

        return body.ToArray();
    }

    private static string Home(SampleFeed feed, Uri site) => new Uri(site, $"sites/{feed.Name}").AbsoluteUri;

    private static string Page(Entry entry, Uri site) => new Uri(site, $"posts/{entry.Id}").AbsoluteUri;

    private static string Tag(Entry entry) => $"tag:serm.example,2026:{entry.Id}";

    private static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static void WriteRss(XmlWriter xml, SampleFeed feed, IReadOnlyList<Entry> entries, Uri site)
    {
        xml.WriteStartElement("rss");
        xml.WriteAttributeString("version", "2.0");
        xml.WriteAttributeString("xmlns", "dc", null, Dc);
        xml.WriteStartElement("channel");
        xml.WriteElementString("title", feed.Title);
        xml.WriteElementString("link", Home(feed, site));
        xml.WriteElementString("description", $"{feed.Title} (sample)");
        if (feed.DeclaresLanguage)
        {
            xml.WriteElementString("language", feed.Language);
        }

        xml.WriteElementString("ttl", "1");
        foreach (var entry in entries)
        {
            xml.WriteStartElement("item");
            if (entry.Title is not null)
            {
                xml.WriteElementString("title", entry.Title);
            }

            xml.WriteElementString("link", Page(entry, site));
            xml.WriteStartElement("guid");
            xml.WriteAttributeString("isPermaLink", "false");
            xml.WriteString(Tag(entry));
            xml.WriteEndElement();
            xml.WriteElementString("dc", "creator", Dc, entry.Author);
            xml.WriteElementString("pubDate", entry.Published.UtcDateTime.ToString("r", CultureInfo.InvariantCulture));
            xml.WriteElementString("description", Html.Paragraphs(entry.Text));
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void WriteRdf(XmlWriter xml, SampleFeed feed, IReadOnlyList<Entry> entries, Uri site)
    {
        xml.WriteStartElement("rdf", "RDF", Rdf);
        xml.WriteAttributeString("xmlns", Rss1);
        xml.WriteAttributeString("xmlns", "dc", null, Dc);
        xml.WriteAttributeString("xmlns", "content", null, Content);
        xml.WriteAttributeString("xmlns", "sy", null, Syndication);
        xml.WriteStartElement("channel", Rss1);
        xml.WriteAttributeString("about", Rdf, Home(feed, site));
        xml.WriteElementString("title", Rss1, feed.Title);
        xml.WriteElementString("link", Rss1, Home(feed, site));
        xml.WriteElementString("description", Rss1, $"{feed.Title} (sample)");
        xml.WriteElementString("language", Dc, feed.Language);
        xml.WriteElementString("updatePeriod", Syndication, "hourly");
        xml.WriteElementString("updateFrequency", Syndication, "60");
        xml.WriteStartElement("items", Rss1);
        xml.WriteStartElement("Seq", Rdf);
        foreach (var entry in entries)
        {
            xml.WriteStartElement("li", Rdf);
            xml.WriteAttributeString("resource", Rdf, Page(entry, site));
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
        xml.WriteEndElement();
        xml.WriteEndElement();
        foreach (var entry in entries)
        {
            xml.WriteStartElement("item", Rss1);
            xml.WriteAttributeString("about", Rdf, Page(entry, site));
            xml.WriteElementString("title", Rss1, entry.Title ?? "");
            xml.WriteElementString("link", Rss1, Page(entry, site));
            xml.WriteElementString("creator", Dc, entry.Author);
            xml.WriteElementString("date", Dc, Iso(entry.Published));
            xml.WriteStartElement("encoded", Content);
            xml.WriteCData(Html.Paragraphs(entry.Text));
            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void WriteAtom(XmlWriter xml, SampleFeed feed, IReadOnlyList<Entry> entries, Uri site)
    {
        xml.WriteStartElement("feed", Atom);
        if (feed.DeclaresLanguage)
        {
            xml.WriteAttributeString("xml", "lang", XmlNamespace, feed.Language);
        }

        xml.WriteElementString("id", Atom, $"tag:serm.example,2026:{feed.Name}");
        xml.WriteElementString("title", Atom, feed.Title);
        xml.WriteElementString("updated", Atom, Iso(entries.Count == 0 ? DateTimeOffset.UnixEpoch : entries.Max(e => e.Changed)));
        Link(xml, "alternate", Home(feed, site));
        Link(xml, "self", new Uri(site, feed.Path).AbsoluteUri);
        foreach (var entry in entries)
        {
            xml.WriteStartElement("entry", Atom);
            xml.WriteElementString("id", Atom, Tag(entry));
            xml.WriteElementString("title", Atom, entry.Title ?? "");
            xml.WriteElementString("published", Atom, Iso(entry.Published));
            xml.WriteElementString("updated", Atom, Iso(entry.Changed));
            Link(xml, "alternate", Page(entry, site));
            xml.WriteStartElement("author", Atom);
            xml.WriteElementString("name", Atom, entry.Author);
            xml.WriteEndElement();
            xml.WriteStartElement("content", Atom);
            xml.WriteAttributeString("type", "html");
            xml.WriteString(Html.Paragraphs(entry.Text));
            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void Link(XmlWriter xml, string rel, string href)
    {
        xml.WriteStartElement("link", Atom);
        xml.WriteAttributeString("rel", rel);
        xml.WriteAttributeString("href", href);
        xml.WriteEndElement();
    }

    private static void WriteJson(Utf8JsonWriter json, SampleFeed feed, IReadOnlyList<Entry> entries, Uri site)
    {
        json.WriteStartObject();
        json.WriteString("version", "https://jsonfeed.org/version/1.1");
        json.WriteString("title", feed.Title);
        json.WriteString("home_page_url", Home(feed, site));
        json.WriteString("feed_url", new Uri(site, feed.Path).AbsoluteUri);
        json.WriteString("language", feed.Language);
        json.WriteStartArray("items");
        foreach (var entry in entries)
        {
            json.WriteStartObject();
            json.WriteString("id", Tag(entry));
            json.WriteString("url", Page(entry, site));
            if (entry.Title is not null)
            {
                json.WriteString("title", entry.Title);
            }

            json.WriteString("content_text", entry.Text);
            json.WriteString("date_published", Iso(entry.Published));
            if (entry.Edited is { } edited)
            {
                json.WriteString("date_modified", Iso(edited));
            }

            json.WriteStartArray("authors");
            json.WriteStartObject();
            json.WriteString("name", entry.Author);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
