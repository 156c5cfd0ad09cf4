using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using MimeKit;

namespace Serm.Tests.Unit.Ingest.Connectors.Mail;

/// <summary>A message as the server keeps it.</summary>
internal sealed record StoredMail(uint Uid, byte[] Bytes, DateTimeOffset At);

/// <summary>An IMAP4rev1 server of one account and one folder on loopback, as far as a client that only reads needs it (RFC 3501): LOGIN, LIST, EXAMINE, UID SEARCH, UID FETCH of envelopes, structures and parts. It counts what would change the mailbox.</summary>
internal sealed partial class ImapServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly List<Task> sessions = [];
    private readonly Task accepting;

    public ImapServer()
    {
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public string Password { get; set; } = "secret";

    public uint Validity { get; set; } = 1_700_000_000;

    public List<StoredMail> Mails { get; private set; } = [];

    /// <summary>Every command line, without its tag.</summary>
    public List<string> Commands { get; } = [];

    /// <summary>Ends the connection in the middle of the nth answer to FETCH from now.</summary>
    public int BreakAtFetch { get; set; } = -1;

    /// <summary>Takes a message in.</summary>
    public StoredMail Add(string raw, DateTimeOffset at, Encoding? encoding = null)
    {
        var mail = new StoredMail((Mails.Count == 0 ? 0 : Mails.Max(m => m.Uid)) + 1, (encoding ?? Encoding.UTF8).GetBytes(raw.ReplaceLineEndings("\r\n")), at);
        lock (Mails)
        {
            Mails.Add(mail);
        }

        return mail;
    }

    /// <summary>Numbers the folder anew, as a server does that has lost its index.</summary>
    public void Renumber(uint from)
    {
        Validity++;
        Mails = [.. Mails.Select((m, i) => m with { Uid = from + (uint)i })];
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await Task.WhenAll([accepting, .. sessions]);
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                sessions.Add(ServeAsync(await listener.AcceptTcpClientAsync(stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The end.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var connection = client;
        try
        {
            await using var stream = client.GetStream();
            using var reader = new StreamReader(stream, Encoding.Latin1);
            await SendAsync(stream, "* OK [CAPABILITY IMAP4rev1] ready\r\n");
            while (await reader.ReadLineAsync(stop.Token) is { } line)
            {
                if (line.IndexOf(' ') < 1)
                {
                    return;
                }

                var (tag, command) = (line[..line.IndexOf(' ')], line[(line.IndexOf(' ') + 1)..]);
                Commands.Add(command);
                if (!await AnswerAsync(stream, tag, command) || command.StartsWith("LOGOUT", StringComparison.OrdinalIgnoreCase))
                {
                    return;
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
        {
            // The client has gone, or the server is going.
        }
    }

    private async Task<bool> AnswerAsync(NetworkStream stream, string tag, string command)
    {
        List<StoredMail> mails;
        lock (Mails)
        {
            mails = [.. Mails];
        }

        var words = command.Split(' ');
        switch (words[0].ToUpperInvariant())
        {
            case "CAPABILITY":
                await SendAsync(stream, $"* CAPABILITY IMAP4rev1\r\n{tag} OK done\r\n");
                return true;
            case "LOGIN":
                await SendAsync(stream, command.Contains(Password, StringComparison.Ordinal) ? $"{tag} OK logged in\r\n" : $"{tag} NO [AUTHENTICATIONFAILED] Authentication failed.\r\n");
                return true;
            case "LIST":
                await SendAsync(stream, (words[^1].Trim('"') switch { "" => "* LIST (\\Noselect) \"/\" \"\"\r\n", "INBOX" => "* LIST (\\HasNoChildren) \"/\" INBOX\r\n", _ => "" }) + $"{tag} OK done\r\n");
                return true;
            case "EXAMINE":
                await SendAsync(stream, $"* {mails.Count} EXISTS\r\n* 0 RECENT\r\n* FLAGS (\\Seen)\r\n* OK [UIDVALIDITY {Validity}] ok\r\n* OK [UIDNEXT {(mails.Count == 0 ? 1 : mails.Max(m => m.Uid) + 1)}] ok\r\n{tag} OK [READ-ONLY] done\r\n");
                return true;
            case "UID" when words[1].Equals("SEARCH", StringComparison.OrdinalIgnoreCase):
                await SendAsync(stream, $"* SEARCH{string.Concat(Found(mails, command).Select(m => $" {m.Uid}"))}\r\n{tag} OK done\r\n");
                return true;
            case "UID" when words[1].Equals("FETCH", StringComparison.OrdinalIgnoreCase):
                return await FetchAsync(stream, tag, mails, words[2], command);
            default:
                await SendAsync(stream, words[0].ToUpperInvariant() is "LOGOUT" ? $"* BYE\r\n{tag} OK done\r\n" : words[0].ToUpperInvariant() is "NOOP" or "CLOSE" or "UNSELECT" ? $"{tag} OK done\r\n" : $"{tag} BAD unknown\r\n");
                return true;
        }
    }

    // "n:*" always holds the last message, whatever its number.
    private static IEnumerable<StoredMail> Found(List<StoredMail> mails, string command)
    {
        if (Since().Match(command) is { Success: true } since)
        {
            var from = DateTime.ParseExact(since.Groups["d"].Value, "d-MMM-yyyy", CultureInfo.InvariantCulture);
            return mails.Where(m => m.At.UtcDateTime.Date >= from);
        }

        var set = command.Split(' ')[^1];
        return mails.Where(m => In(set, m.Uid, mails.Count == 0 ? 0 : mails.Max(x => x.Uid)));
    }

    private static bool In(string set, uint uid, uint last) => set.Split(',').Any(range =>
    {
        uint Of(string s) => s == "*" ? last : uint.Parse(s, CultureInfo.InvariantCulture);
        var ends = range.Split(':').Select(Of).Order().ToArray();
        return uid >= ends[0] && uid <= ends[^1];
    });

    private async Task<bool> FetchAsync(NetworkStream stream, string tag, List<StoredMail> mails, string set, string command)
    {
        foreach (var mail in mails.Where(m => In(set, m.Uid, mails.Max(x => x.Uid))))
        {
            var message = await MimeMessage.LoadAsync(new MemoryStream(mail.Bytes), stop.Token);
            var answer = new StringBuilder($"* {mails.IndexOf(mail) + 1} FETCH (UID {mail.Uid}");
            if (command.Contains("ENVELOPE", StringComparison.Ordinal))
            {
                var references = message.References.Count == 0 ? "\r\n" : $"References: {string.Join(' ', message.References.Select(r => $"<{r}>"))}\r\n\r\n";
                answer.Append(CultureInfo.InvariantCulture, $" INTERNALDATE \"{mail.At.ToString("dd-MMM-yyyy HH:mm:ss +0000", CultureInfo.InvariantCulture)}\" ENVELOPE {ImapText.Envelope(message)} BODYSTRUCTURE {ImapText.Structure(message.Body)} BODY[HEADER.FIELDS (REFERENCES)] {{{references.Length}}}\r\n{references}");
            }

            if (Part().Match(command) is { Success: true } part)
            {
                var bytes = ImapText.Part(message, part.Groups["p"].Value);
                bytes = bytes[..Math.Min(bytes.Length, int.Parse(part.Groups["n"].ValueSpan, CultureInfo.InvariantCulture))];
                answer.Append(CultureInfo.InvariantCulture, $" BODY[{part.Groups["p"].Value}]<0> {{{bytes.Length}}}\r\n{Encoding.Latin1.GetString(bytes)}");
                if (BreakAtFetch >= 0 && BreakAtFetch-- == 0)
                {
                    await SendAsync(stream, answer.ToString(0, answer.Length / 2));
                    return false;
                }
            }

            await SendAsync(stream, answer.Append(")\r\n").ToString());
        }

        await SendAsync(stream, $"{tag} OK done\r\n");
        return true;
    }

    private async Task SendAsync(NetworkStream stream, string text) => await stream.WriteAsync(Encoding.Latin1.GetBytes(text), stop.Token);

    [GeneratedRegex(@"SINCE (?<d>\d{1,2}-\w{3}-\d{4})", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Since();

    [GeneratedRegex(@"BODY\.PEEK\[(?<p>[0-9.A-Z]*)\]<0\.(?<n>\d+)>", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Part();
}
