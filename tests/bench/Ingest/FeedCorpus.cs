using System.Globalization;
using System.Text;

namespace Serm.Tests.Feeds;

/// <summary>A post as it was meant, whatever became of the file that holds it.</summary>
internal sealed record MeantPost(string Id, string Link, string Title, string Body, string Author, DateTimeOffset Published);

/// <summary>A feed of the corpus.</summary>
/// <param name="Name">Dialect and damage.</param>
/// <param name="Bytes">The file.</param>
/// <param name="Posts">What its author meant.</param>
/// <param name="IsWellFormed">False when a strict XML reader must refuse it.</param>
internal sealed record CorpusFeed(string Name, byte[] Bytes, IReadOnlyList<MeantPost> Posts, bool IsWellFormed);

/// <summary>Feeds in the dialects of the field, well-formed and damaged in the ways that are met, the same in every run.</summary>
internal static class FeedCorpus
{
    private static readonly (string Title, string Body, string Author)[] Texts =
    [
        ("Parcel never came", "Third week, and nobody answers at Acme & Sons.", "Anna Karlsson"),
        ("Доставка опоздала", "Курьер приехал на два дня позже — «срочная» доставка.", "Иван Петров"),
        ("Kargo gecikti", "Üç gündür bekliyorum, müşteri hizmetleri açmıyor.", "Ayşe Yılmaz"),
        ("Leveransen är försenad", "Kundtjänst svarar inte på mejl åt någon.", "Åsa Öberg"),
        ("Giao hàng trễ", "Ba tuần rồi mà không ai trả lời.", "Nguyễn Văn Hòa"),
    ];

    private static readonly Dictionary<string, Func<IReadOnlyList<MeantPost>, string>> Dialects = new(StringComparer.Ordinal)
    {
        ["rss-0.91"] = posts => Rss("0.91", "", posts, p => $"<title>{X(p.Title)}</title><link>{X(p.Link)}</link><description>{X(Html(p))}</description><author>post@example.org ({X(p.Author)})</author><pubDate>{Mail(p)}</pubDate>"),
        ["rss-2.0"] = posts => Rss("2.0", "", posts, p => $"<title>{X(p.Title)}</title><link>{X(p.Link)}</link><guid isPermaLink=\"false\">{X(p.Id)}</guid><description>{X(Html(p))}</description><author>post@example.org ({X(p.Author)})</author><pubDate>{Mail(p)}</pubDate>"),
        ["wordpress"] = posts => Rss("2.0", " xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:wfw=\"http://wellformedweb.org/CommentAPI/\" xmlns:slash=\"http://purl.org/rss/1.0/modules/slash/\"", posts, p => $"<title>{X(p.Title)}</title><link>{X(p.Link)}</link><comments>{X(p.Link)}#comments</comments><dc:creator><![CDATA[{p.Author}]]></dc:creator><pubDate>{Mail(p)}</pubDate><guid isPermaLink=\"false\">{X(p.Id)}</guid><description><![CDATA[A summary […]]]></description><content:encoded><![CDATA[{Html(p)}]]></content:encoded><slash:comments>3</slash:comments>"),
        ["podcast"] = posts => Rss("2.0", " xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\"", posts, p => $"<title>{X(p.Title)}</title><link>{X(p.Link)}</link><guid isPermaLink=\"false\">{X(p.Id)}</guid><itunes:author>{X(p.Author)}</itunes:author><itunes:summary>{X(p.Body)}</itunes:summary><enclosure url=\"https://example.org/a.mp3\" length=\"1\" type=\"audio/mpeg\"/><pubDate>{Mail(p)}</pubDate>"),
        ["rss-1.0"] = posts => $"<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns=\"http://purl.org/rss/1.0/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel rdf:about=\"https://example.org/\"><title>Feed</title><link>https://example.org/</link><description>d</description></channel>{Each(posts, p => $"<item rdf:about=\"{X(p.Id)}\"><title>{X(p.Title)}</title><link>{X(p.Link)}</link><description>{X(Html(p))}</description><dc:creator>{X(p.Author)}</dc:creator><dc:date>{Iso(p)}</dc:date></item>")}</rdf:RDF>",
        ["atom-1.0"] = posts => Atom(posts, p => $"<content type=\"html\">{X(Html(p))}</content>"),
        ["atom-xhtml"] = posts => Atom(posts, p => $"<content type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\"><p>{X(p.Body)}</p></div></content>"),
        ["atom-0.3"] = posts => $"<feed version=\"0.3\" xmlns=\"http://purl.org/atom/ns#\"><title>Feed</title><link rel=\"alternate\" type=\"text/html\" href=\"https://example.org/\"/><modified>2026-03-01T00:00:00Z</modified>{Each(posts, p => $"<entry><title mode=\"escaped\">{X(p.Title)}</title><link rel=\"alternate\" type=\"text/html\" href=\"{X(p.Link)}\"/><id>{X(p.Id)}</id><author><name>{X(p.Author)}</name></author><issued>{Iso(p)}</issued><modified>{Iso(p)}</modified><content type=\"text/html\" mode=\"escaped\">{X(Html(p))}</content></entry>")}</feed>",
        ["youtube"] = posts => $"<feed xmlns:yt=\"http://www.youtube.com/xml/schemas/2015\" xmlns:media=\"http://search.yahoo.com/mrss/\" xmlns=\"http://www.w3.org/2005/Atom\"><title>Feed</title><link rel=\"alternate\" href=\"https://example.org/\"/><id>yt:channel:1</id><updated>2026-03-01T00:00:00Z</updated>{Each(posts, p => $"<entry><id>{X(p.Id)}</id><title>{X(p.Title)}</title><link rel=\"alternate\" href=\"{X(p.Link)}\"/><author><name>{X(p.Author)}</name><uri>https://example.org/c</uri></author><published>{Iso(p)}</published><updated>{Iso(p)}</updated><media:group><media:title>{X(p.Title)}</media:title><media:description>{X(p.Body)}</media:description></media:group></entry>")}</feed>",
        ["discourse"] = posts => Rss("2.0", " xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:atom=\"http://www.w3.org/2005/Atom\"", posts, p => $"<title>{X(p.Title)}</title><dc:creator><![CDATA[{p.Author}]]></dc:creator><description><![CDATA[<blockquote>{Html(p)}</blockquote>]]></description><link>{X(p.Link)}</link><pubDate>{Mail(p)}</pubDate><guid isPermaLink=\"false\">{X(p.Id)}</guid>"),
        ["phpbb"] = posts => Atom(posts, p => $"<content type=\"html\" xml:base=\"{X(p.Link)}\"><![CDATA[{Html(p)}<hr/>]]></content>"),
    };

    /// <summary>All feeds.</summary>
    public static IReadOnlyList<CorpusFeed> All()
    {
        var found = new List<CorpusFeed>();
        foreach (var (name, write) in Dialects)
        {
            var posts = Texts.Select((t, i) => new MeantPost($"post-{name}-{i}", $"https://example.org/{name}/{i}?a=1&b=2", t.Title, t.Body, t.Author, new DateTimeOffset(2026, 2, 3 + i, 14, 5, 6, TimeSpan.Zero))).ToList();
            var xml = write(posts);
            found.AddRange(Damaged(name, xml, posts));
        }

        return found;
    }

    private static IEnumerable<CorpusFeed> Damaged(string name, string xml, List<MeantPost> posts)
    {
        const string Head = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";
        yield return new($"{name}, as it should be", Utf8(Head + xml), posts, true);
        yield return new($"{name}, UTF-16", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("<?xml version=\"1.0\" encoding=\"utf-16\"?>" + xml)], posts, true);
        yield return new($"{name}, no declaration, blank lines first", Utf8("\n\n" + xml), posts, true);
        yield return new($"{name}, declaration behind a blank", Utf8(" \n" + Head + xml), posts, false);
        yield return new($"{name}, undeclared entities", Utf8(Head + xml.Replace("&amp; Sons", "&nbsp;&amp; Sons", StringComparison.Ordinal).Replace("—", "&mdash;", StringComparison.Ordinal)), posts, !xml.Contains('—', StringComparison.Ordinal));
        yield return new($"{name}, bare ampersands in links", Utf8(Head + xml.Replace("a=1&amp;b=2", "a=1&b=2", StringComparison.Ordinal)), posts, false);
        yield return new($"{name}, control characters", Utf8(Head + xml.Replace("Parcel never", "Parcel \u0008never", StringComparison.Ordinal)), posts, false);
        yield return new($"{name}, UTF-8 declared as Latin-1", Utf8("<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>\n" + xml), posts, true);
        yield return new($"{name}, names in capitals", Utf8(Head + Capitals(xml)), posts, name.StartsWith("atom", StringComparison.Ordinal));
        yield return new($"{name}, end cut off", Utf8(Head + xml[..xml.LastIndexOf("</", xml.Length - 12, StringComparison.Ordinal)]), posts, false);
    }

    // The tags of RSS's own elements, as templates of old systems write them.
    private static string Capitals(string xml) => new[] { "title", "link", "description", "pubDate", "item" }.Aggregate(xml, (x, n) => x.Replace($"<{n}>", $"<{n.ToUpperInvariant()}>", StringComparison.Ordinal).Replace($"</{n}>", $"</{n.ToUpperInvariant()}>", StringComparison.Ordinal));

    private static string Rss(string version, string namespaces, IReadOnlyList<MeantPost> posts, Func<MeantPost, string> item) =>
        $"<rss version=\"{version}\"{namespaces}><channel><title>Feed</title><link>https://example.org/</link><description>d</description><language>en</language>{Each(posts, p => $"<item>{item(p)}</item>")}</channel></rss>";

    private static string Atom(IReadOnlyList<MeantPost> posts, Func<MeantPost, string> content) =>
        $"<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Feed</title><link href=\"https://example.org/\"/><id>urn:feed</id><updated>2026-03-01T00:00:00Z</updated>{Each(posts, p => $"<entry><title>{X(p.Title)}</title><link href=\"{X(p.Link)}\"/><id>{X(p.Id)}</id><author><name>{X(p.Author)}</name><email>post@example.org</email></author><published>{Iso(p)}</published><updated>{Iso(p)}</updated>{content(p)}</entry>")}</feed>";

    private static string Each(IReadOnlyList<MeantPost> posts, Func<MeantPost, string> write) => string.Concat(posts.Select(write));

    private static string Html(MeantPost post) => $"<p>{X(post.Body)}</p>";

    private static string X(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    private static string Mail(MeantPost post) => post.Published.ToString("ddd, dd MMM yyyy HH:mm:ss +0000", CultureInfo.InvariantCulture);

    private static string Iso(MeantPost post) => post.Published.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
