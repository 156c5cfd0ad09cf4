using System.Globalization;
using System.Text;

namespace Serm.Demo.Feeds;

/// <summary>The pages of the sample sites. Everything written by the samples is escaped.</summary>
internal static class Html
{
    private const string Style = "body{font:17px/1.5 system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff}small,footer{color:#59636e}a{color:#0b57d0}@media(prefers-color-scheme:dark){body{background:#14171a;color:#e6e8ea}small,footer{color:#9aa4af}a{color:#8ab4f8}}";

    /// <summary>Text for the inside of an element or of a quoted attribute.</summary>
    public static string Escape(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal)
        .Replace("\"", "&quot;", StringComparison.Ordinal)
        .Replace("'", "&#39;", StringComparison.Ordinal);

    /// <summary>Plain text as paragraphs.</summary>
    public static string Paragraphs(string text) => string.Concat(text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => $"<p>{Escape(line)}</p>"));

    /// <summary>The page of one post.</summary>
    public static string Post(SampleFeed feed, Entry entry)
    {
        var edited = entry.Edited is { } at ? $" · edited {Time(at)}" : "";
        var title = entry.Title is null ? "" : $"<h1>{Escape(entry.Title)}</h1>";
        return Page(feed.Language, entry.Title ?? feed.Title, $"""
            <p><a href="/sites/{feed.Name}">{Escape(feed.Title)}</a></p>
            <article>{title}<p><small>{Escape(entry.Author)} · {Time(entry.Published)}{edited}</small></p>{Paragraphs(entry.Text)}</article>
            """);
    }

    /// <summary>The page of a site: its posts, newest first.</summary>
    public static string Site(SampleFeed feed, IEnumerable<Entry> entries)
    {
        var list = new StringBuilder();
        foreach (var entry in entries)
        {
            list.Append(CultureInfo.InvariantCulture, $"<li><a href=\"/posts/{Escape(entry.Id)}\">{Escape(entry.Title ?? Short(entry.Text))}</a> <small>{Escape(entry.Author)} · {Time(entry.Published)}</small></li>");
        }

        return Page(feed.Language, feed.Title, $"<h1>{Escape(feed.Title)}</h1><p><a href=\"/{feed.Path}\">Feed</a></p><ul>{list}</ul>");
    }

    /// <summary>The page of all sites.</summary>
    public static string Home() => Page("en", "Sample sites", $"<h1>Sample sites</h1><ul>{string.Concat(SampleFeed.All.Select(f => $"<li><a href=\"/sites/{f.Name}\" lang=\"{f.Language}\">{Escape(f.Title)}</a></li>"))}</ul>");

    private static string Page(string language, string title, string body) =>
        $"""
        <!doctype html><html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>{Escape(title)}</title><style>{Style}</style></head>
        <body>{body}<footer lang="en"><hr>This is a sample page of the Serm demo. The sites, companies and people in it are invented.</footer></body></html>
        """;

    private static string Time(DateTimeOffset at) => $"<time datetime=\"{at.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}\">{at.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC</time>";

    private static string Short(string text) => text.Length <= 60 ? text : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[59]) ? 59 : 60), "…");
}
