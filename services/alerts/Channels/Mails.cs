using System.Net;
using System.Text;
using MimeKit;
using MimeKit.Text;

namespace Serm.Alerts;

/// <summary>A message as mail: plain text and HTML that say the same.</summary>
internal static class Mails
{
    /// <summary>The mail. Its Message-ID is made of the message's id, so that a repeat is known.</summary>
    public static MimeMessage Of(ChannelSettings settings, Message message)
    {
        var mail = new MimeMessage { Subject = $"{Bodies.Mark(message.Severity)} {message.Title}", MessageId = $"{message.Id:D}@serm" };
        mail.From.Add(MailboxAddress.Parse(settings.From!));
        mail.To.AddRange(settings.To!.Select(t => MailboxAddress.Parse(t)));
        mail.Headers.Add("Auto-Submitted", "auto-generated");
        mail.Body = new MultipartAlternative { new TextPart(TextFormat.Plain) { Text = Text(message) }, new TextPart(TextFormat.Html) { Text = Html(message) } };
        return mail;
    }

    private static string Text(Message message)
    {
        var text = new StringBuilder(message.Title).Append("\n\n");
        message.Lines.ToList().ForEach(l => text.Append(l).Append('\n'));
        foreach (var quote in message.Quotes)
        {
            text.Append("\n> ").Append(quote.Text).Append("\n> — ").Append(quote.Author).Append(quote.Author.Length > 0 ? ", " : "").Append(quote.Source).Append('\n');
        }

        return message.Link is { } link ? text.Append('\n').Append(message.LinkText).Append(": ").Append(link.AbsoluteUri).Append('\n').ToString() : text.ToString();
    }

    private static string Html(Message message)
    {
        var html = new StringBuilder("<!doctype html><html><body style=\"font:15px/1.5 system-ui,sans-serif;color:#1a232e;max-width:640px\">");
        html.Append("<h1 style=\"font-size:18px\">").Append(WebUtility.HtmlEncode(message.Title)).Append("</h1>");
        message.Lines.ToList().ForEach(l => html.Append("<p style=\"margin:2px 0\">").Append(WebUtility.HtmlEncode(l)).Append("</p>"));
        foreach (var quote in message.Quotes)
        {
            html.Append("<blockquote style=\"margin:12px 0;padding:4px 12px;border-left:3px solid #bcc4ce\">").Append(WebUtility.HtmlEncode(quote.Text))
                .Append("<br><span style=\"color:#55606f\">— ").Append(WebUtility.HtmlEncode(quote.Author.Length > 0 ? $"{quote.Author}, {quote.Source}" : quote.Source)).Append("</span></blockquote>");
        }

        if (message.Link is { } link)
        {
            html.Append("<p><a href=\"").Append(WebUtility.HtmlEncode(link.AbsoluteUri)).Append("\">").Append(WebUtility.HtmlEncode(message.LinkText)).Append("</a></p>");
        }

        return html.Append("</body></html>").ToString();
    }
}
