using System.Text;
using MailKit;
using MimeKit;
using Serm.Contracts;

namespace Serm.Ingest.Connectors.Email;

/// <summary>Makes posts of messages. Only the text is fetched, and of it no more than is kept; attachments stay on the server.</summary>
internal static class Mails
{
    private const int MaxBytes = 1024 * 1024;

    // Mails come in every charset that there was.
    static Mails() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>Reads a message of an open folder.</summary>
    public static async Task<NetworkPost> ReadAsync(IMailFolder folder, IMessageSummary message, EmailOptions options, CancellationToken stop)
    {
        var (text, html) = await TextAsync(folder, message, stop);
        var sender = message.Envelope?.From.Mailboxes.FirstOrDefault();
        var id = message.Envelope?.MessageId is { Length: > 0 } given ? given : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{options.User}@{options.Host}/{options.Folder}/{folder.UidValidity}/{message.UniqueId.Id}");

        // The date in the message is what its sender claims; the server's is when it came.
        return new(id, text, message.InternalDate ?? message.Date)
        {
            Html = html,
            Title = html && message.Envelope?.Subject is { } subject ? System.Net.WebUtility.HtmlEncode(subject) : message.Envelope?.Subject,
            Author = sender is null ? null : new Author(sender.Address.ToLowerInvariant(), sender.Name is { Length: > 0 } name ? name : sender.Address),
            Parent = message.Envelope?.InReplyTo is { Length: > 0 } parent ? parent : null,
            Root = message.References is { Count: > 0 } thread ? thread[0] : message.Envelope?.InReplyTo is { Length: > 0 } answered ? answered : null,
        };
    }

    private static async Task<(string Text, bool Html)> TextAsync(IMailFolder folder, IMessageSummary message, CancellationToken stop)
    {
        if (message.TextBody is { } plain && WithoutQuotes(await PartAsync(folder, message.UniqueId, plain, stop)) is { Length: > 0 } said)
        {
            return (said, false);
        }

        return message.HtmlBody is { } html ? (await PartAsync(folder, message.UniqueId, html, stop), true) : ("", false);
    }

    private static async Task<string> PartAsync(IMailFolder folder, UniqueId id, BodyPartText part, CancellationToken stop)
    {
        // A message that is one part has no number for it.
        await using var raw = await folder.GetStreamAsync(id, part.PartSpecifier is { Length: > 0 } number ? number : "TEXT", 0, MaxBytes, stop);
        var encoding = MimeKit.Utils.MimeUtils.TryParse(part.ContentTransferEncoding ?? "", out ContentEncoding declared) ? declared : ContentEncoding.Default;

        // Of a charset that nobody knows, or that the text does not keep to, what can be read is read.
        using var text = new TextPart(part.ContentType.MediaSubtype) { Content = new MimeContent(raw, encoding) };
        text.ContentType.Charset = part.ContentType.Charset;
        return text.Text ?? "";
    }

    // What an answer quotes is in the thread already, and a signature says nothing.
    private static string WithoutQuotes(string text)
    {
        var lines = text.Split('\n').Select(l => l.TrimEnd('\r')).TakeWhile(l => l != "-- ").Where(l => !l.StartsWith('>'));
        return string.Join('\n', lines).Trim();
    }
}
