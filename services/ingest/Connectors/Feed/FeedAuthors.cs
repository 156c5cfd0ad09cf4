using System.Text.RegularExpressions;

namespace Serm.Ingest.Connectors.Feed;

/// <summary>Who wrote a post, out of the many ways of saying so.</summary>
internal static partial class FeedAuthors
{
    private const int MaxName = 200;

    /// <summary>The author of a post or feed; null when nobody is named. A name wins over a bare mail address.</summary>
    public static FeedAuthor? Of(FeedNode node)
    {
        var candidates = Candidates(node).OfType<FeedAuthor>().ToList();
        return candidates.Find(a => !IsMail(a.Name)) ?? candidates.FirstOrDefault();
    }

    /// <summary>Reads <c>name@host (Name)</c>, <c>Name &lt;name@host&gt;</c>, a bare name, or a link around the name.</summary>
    public static FeedAuthor? Parse(string? written, Uri? baseUrl)
    {
        var text = PlainText.Line(written, 1_000);
        if (text is null)
        {
            return null;
        }

        var mail = MailFirst().Match(text) is { Success: true } first ? first : NameFirst().Match(text);
        if (mail.Success)
        {
            return (Named(mail.Groups["name"].Value, null) ?? Named(mail.Groups["mail"].Value, null)) is { } named ? named with { Written = text } : null;
        }

        string? url = null;
        if (text.Contains('<', StringComparison.Ordinal))
        {
            url = Anchor(text, baseUrl);
            text = FeedContent.Plain(text, anyTag: true);
        }

        return Named(CharacterReferences.Decode(text), url);
    }

    private static IEnumerable<FeedAuthor?> Candidates(FeedNode node)
    {
        foreach (var author in node.All("author"))
        {
            yield return author.Child("name") is not null || author.Child("email") is not null ? Person(author) : Anchored(author);
        }

        yield return Joined(node, "dc:creator");
        yield return Joined(node, "dc:author");
        yield return Joined(node, "itunes:author");
        yield return Joined(node, "dcterms:creator");
        yield return node.Child("lj:poster")?["user"] is { } user ? Named(user, null) : null;
        yield return node.Child("source")?.Child("author") is { } original ? Person(original) : null;
        yield return node.Child("contributor") is { } contributor ? Person(contributor) : Joined(node, "dc:contributor");
    }

    private static FeedAuthor? Person(FeedNode person)
    {
        var name = person.Child("name");
        var read = name is null ? null : Anchored(name);
        var url = FeedLinks.Resolve((person.Child("uri") ?? person.Child("url") ?? person.Child("homepage"))?.InnerText(), person.Base);
        var mail = PlainText.Line(person.Child("email")?.InnerText(), MaxName);
        read = read is null ? Parse(mail, null) : read with { Written = mail is null ? read.Written : $"{read.Name} ({mail})" };
        return read is null ? null : read with { Url = url ?? read.Url };
    }

    private static FeedAuthor? Anchored(FeedNode node)
    {
        var anchor = node.Child("a") ?? node.Child("xhtml:a");
        var read = Parse(node.InnerText(), node.Base);
        return anchor is null || read is null ? read : read with { Url = FeedLinks.Resolve(anchor["href"], node.Base) };
    }

    private static FeedAuthor? Joined(FeedNode node, string name)
    {
        var all = node.All(name).Take(5).Select(n => n.Children.Count > 0 && n.Children.Exists(c => c.Name is "a" or "xhtml:a") ? Anchored(n) : Parse(n.InnerText(), n.Base)).OfType<FeedAuthor>().ToList();
        return all.Count < 2 ? all.FirstOrDefault() : new(Cut(string.Join(", ", all.Select(a => a.Name))), null);
    }

    private static string? Anchor(string html, Uri? baseUrl)
    {
        var markup = new Markup(html, html: true);
        while (markup.Read())
        {
            if (markup.Kind == MarkupToken.StartTag && markup.Name.Equals("a", StringComparison.OrdinalIgnoreCase))
            {
                return FeedLinks.Resolve(CharacterReferences.Decode(markup.Attribute("href")), baseUrl);
            }
        }

        return null;
    }

    private static FeedAuthor? Named(string name, string? url) => PlainText.Line(name.Trim().Trim('"')) is { } tidy ? new(Cut(tidy), url) : null;

    private static string Cut(string name) => name.Length <= MaxName ? name : name[..(char.IsHighSurrogate(name[MaxName - 1]) ? MaxName - 1 : MaxName)];

    private static bool IsMail(string name) => name.Contains('@', StringComparison.Ordinal) && !name.Contains(' ', StringComparison.Ordinal);

    [GeneratedRegex("^<?(?:mailto:)?(?<mail>[^\\s@<>()]{1,100}@[^\\s@<>()]{1,200})>?\\s*[(\\[](?<name>[^()]*(?:\\([^()]*\\))?[^()]*)[)\\]]\\s*$", RegexOptions.None, 200)]
    private static partial Regex MailFirst();

    [GeneratedRegex("^(?<name>[^<>@(]{1,200}?)\\s*[<(](?:mailto:)?(?<mail>[^\\s@<>()]{1,100}@[^\\s@<>()]{1,200})[>)]\\s*$", RegexOptions.None, 200)]
    private static partial Regex NameFirst();
}
