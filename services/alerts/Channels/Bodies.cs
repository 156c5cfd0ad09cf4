using System.Net;
using System.Text;
using Serm.Contracts;

namespace Serm.Alerts;

/// <summary>A message in the form of each chat, escaped for it: a name such as <c>&lt;!channel&gt;</c> or <c>[bank](evil)</c> stays what it is, text.</summary>
internal static class Bodies
{
    private const int MostTelegram = 4_000;
    private const int MostSlack = 2_900;

    /// <summary>Telegram's HTML (https://core.telegram.org/bots/api#html-style): three characters are escaped, and nothing else has a meaning.</summary>
    public static HttpContent Telegram(string chat, Message message)
    {
        var text = new StringBuilder($"{Mark(message.Severity)} <b>{Html(message.Title)}</b>");
        foreach (var line in message.Lines)
        {
            text.Append('\n').Append(Html(line));
        }

        foreach (var quote in message.Quotes)
        {
            var block = $"\n<blockquote>{Html(quote.Text)}\n— {Html(By(quote))}</blockquote>";
            if (text.Length + block.Length < MostTelegram)
            {
                text.Append(block);
            }
        }

        if (message.Link is { } link)
        {
            text.Append('\n').Append("<a href=\"").Append(Html(link.AbsoluteUri)).Append("\">").Append(Html(message.LinkText)).Append("</a>");
        }

        return JsonContent.Create(new { chat_id = chat, text = text.ToString(), parse_mode = "HTML", link_preview_options = new { is_disabled = true } });
    }

    /// <summary>Slack's incoming webhook: texts of others are escaped as https://docs.slack.dev/messaging/formatting-message-text says, and stand in plain text where they may.</summary>
    public static HttpContent Slack(Message message)
    {
        var facts = string.Join('\n', message.Lines.Select(Plain));
        var blocks = new List<object>
        {
            new { type = "header", text = new { type = "plain_text", text = Cut($"{Mark(message.Severity)} {message.Title}", 150), emoji = false } },
            new { type = "section", text = new { type = "plain_text", text = Cut(string.Join('\n', message.Lines), MostSlack), emoji = false } },
        };
        blocks.AddRange(message.Quotes.Select(q => new { type = "section", text = new { type = "plain_text", text = Cut($"“{q.Text}” — {By(q)}", MostSlack), emoji = false } }));
        if (message.Link is { } link)
        {
            blocks.Add(new { type = "section", text = new { type = "mrkdwn", text = $"<{Plain(link.AbsoluteUri)}|{Plain(message.LinkText)}>" } });
        }

        return JsonContent.Create(new { text = $"{Plain(message.Title)}\n{facts}", blocks, unfurl_links = false, unfurl_media = false, link_names = false });
    }

    /// <summary>Teams: an adaptive card of rich text, which knows no markdown.</summary>
    public static HttpContent Teams(Message message)
    {
        var body = new List<Dictionary<string, object>> { Run($"{Mark(message.Severity)} {message.Title}", bold: true) };
        body.AddRange(message.Lines.Select(l => Run(l)));
        body.AddRange(message.Quotes.Select(q => Run($"“{q.Text}” — {By(q)}")));
        var card = new Dictionary<string, object>(StringComparer.Ordinal) { ["type"] = "AdaptiveCard", ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json", ["version"] = "1.4", ["body"] = body };
        if (message.Link is { } link)
        {
            card["actions"] = new[] { new { type = "Action.OpenUrl", title = message.LinkText, url = link.AbsoluteUri } };
        }

        return JsonContent.Create(new { type = "message", attachments = new[] { new { contentType = "application/vnd.microsoft.card.adaptive", content = card } } });
    }

    /// <summary>The sign of a severity, which needs no colour.</summary>
    public static string Mark(IncidentSeverity severity) => severity switch
    {
        IncidentSeverity.Critical => "[!!]",
        IncidentSeverity.Warning => "[!]",
        _ => "[i]",
    };

    private static Dictionary<string, object> Run(string text, bool bold = false) => new(StringComparer.Ordinal)
    {
        ["type"] = "RichTextBlock",
        ["inlines"] = new[] { new { type = "TextRun", text = Cut(text, MostSlack), weight = bold ? "Bolder" : "Default" } },
    };

    private static string By(Quote quote) => quote.Author.Length > 0 ? $"{quote.Author}, {quote.Source}" : quote.Source;

    private static string Html(string text) => WebUtility.HtmlEncode(text);

    private static string Plain(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    private static string Cut(string text, int most) => text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];
}
