using System.Globalization;
using System.Text;
using MimeKit;

namespace Serm.Tests.Unit.Ingest.Connectors.Mail;

/// <summary>Envelopes, structures and parts of messages in IMAP's own form (RFC 3501, 7.4.2). Header texts go as they stand, encoded words among them.</summary>
internal static class ImapText
{
    public static string Envelope(MimeMessage message)
    {
        string Raw(HeaderId id) => message.Headers[id] is null ? "NIL" : Quoted(Encoding.Latin1.GetString(message.Headers.First(h => h.Id == id).RawValue).Replace("\r\n", "", StringComparison.Ordinal).Trim());
        var from = $"({string.Concat(message.From.Mailboxes.Select(Address))})";
        return $"({Raw(HeaderId.Date)} {Raw(HeaderId.Subject)} {from} {from} {from} NIL NIL NIL {Raw(HeaderId.InReplyTo)} {Raw(HeaderId.MessageId)})";
    }

    public static string Structure(MimeEntity? entity) => entity switch
    {
        Multipart many => $"({string.Concat(many.Select(Structure))} \"{many.ContentType.MediaSubtype.ToUpperInvariant()}\" (\"BOUNDARY\" {Quoted(many.Boundary ?? "")}) NIL NIL)",
        MimePart part => $"({Quoted(part.ContentType.MediaType)} {Quoted(part.ContentType.MediaSubtype)} {Parameters(part.ContentType.Parameters)} NIL NIL {Quoted(part.Headers[HeaderId.ContentTransferEncoding] ?? "7bit")} {Bytes(part).Length}{(part is TextPart ? " 1" : "")} NIL {Disposition(part)} NIL)",
        _ => "NIL",
    };

    public static byte[] Part(MimeMessage message, string section)
    {
        var entity = message.Body!;
        foreach (var number in section == "TEXT" ? [] : section.Split('.').Select(n => int.Parse(n, CultureInfo.InvariantCulture)))
        {
            entity = entity is Multipart many ? many[number - 1] : entity;
        }

        return Bytes((MimePart)entity);
    }

    // As it lies in the message: still encoded.
    private static byte[] Bytes(MimePart part)
    {
        using var bytes = new MemoryStream();
        part.Content!.WriteTo(bytes);
        return bytes.ToArray();
    }

    private static string Address(MailboxAddress address)
    {
        var at = address.Address.LastIndexOf('@');
        return $"({(string.IsNullOrEmpty(address.Name) ? "NIL" : Quoted(Encoding.ASCII.GetString(MimeKit.Utils.Rfc2047.EncodePhrase(Encoding.UTF8, address.Name))))} NIL {Quoted(address.Address[..at])} {Quoted(address.Address[(at + 1)..])})";
    }

    private static string Parameters(ParameterList parameters) => parameters.Count == 0 ? "NIL" : $"({string.Join(' ', parameters.Select(p => $"{Quoted(p.Name)} {Quoted(p.Value)}"))})";

    private static string Disposition(MimePart part) => part.ContentDisposition is null ? "NIL" : $"({Quoted(part.ContentDisposition.Disposition)} {Parameters(part.ContentDisposition.Parameters)})";

    private static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
