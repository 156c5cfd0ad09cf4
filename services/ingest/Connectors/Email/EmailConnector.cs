using MailKit;
using MailKit.Net.Imap;
using MailKit.Search;
using MailKit.Security;
using Serm.Defaults;

namespace Serm.Ingest.Connectors.Email;

/// <summary>Where reading the folder stands (RFC 3501, 2.3.1.1).</summary>
internal sealed record EmailState
{
    /// <summary>The folder's UIDVALIDITY: with another one all its numbers are new. 0 before the first read.</summary>
    public uint Validity { get; init; }

    /// <summary>Messages below this number are safe.</summary>
    public uint Next { get; init; }

    /// <summary>The mailbox and folder that the numbers are of; null in states of before. Others may have the same UIDVALIDITY.</summary>
    public string? Of { get; init; }
}

/// <summary>A folder of a mailbox over IMAP, opened for reading only. Ids are those of the messages (<c>Message-ID</c>), so that a folder that is numbered anew, and a message in two inboxes, make nothing double.</summary>
internal sealed class EmailConnector(OutboundGuard guard) : IPulled
{
    private const int PageSize = 50;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public ConnectorCard Card { get; } = new(
        "email",
        "E-mail",
        "All messages of a folder of a mailbox, over IMAP: texts without attachments and without what they quote. Nothing in the mailbox is changed.",
        "https://www.rfc-editor.org/rfc/rfc3501",
        typeof(EmailOptions),
        Ability.OwnChannels | Ability.Backfill);

    public IReadOnlyList<RateLimit> Limits(Settings settings) => [new("connections a minute", settings.As<EmailOptions>().ConnectionsPerMinute, TimeSpan.FromMinutes(1))];

    public Uri? Address(Settings settings) => new UriBuilder(settings.As<EmailOptions>().Tls == "tls" ? "imaps" : "imap", settings.As<EmailOptions>().Host, settings.As<EmailOptions>().Port).Uri;

    public string NameOf(Settings settings) => settings.As<EmailOptions>() is { Folder: var folder, User: var user } && folder == "INBOX" ? user : $"{settings.As<EmailOptions>().User}: {settings.As<EmailOptions>().Folder}";

    public async Task<Page> ReadAsync(Reading reading, CancellationToken cancellationToken)
    {
        var options = reading.Options<EmailOptions>();
        await reading.Http.TakeAsync(new(options.Folder), cancellationToken);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            return await PageAsync(reading, options, patience.Token);
        }
        catch (Exception e) when (e is not NetworkFailure && !cancellationToken.IsCancellationRequested)
        {
            throw Failure(e, options);
        }
    }

    private async Task<Page> PageAsync(Reading reading, EmailOptions options, CancellationToken stop)
    {
        using var client = new ImapClient { Timeout = (int)Patience.TotalMilliseconds };

        // Connected by the guard: the name is resolved once, and it is this address that is spoken to.
        await using var stream = await guard.ConnectAsync(options.Host, options.Port, stop);
        await client.ConnectAsync(stream, options.Host, options.Port, options.Tls switch { "tls" => SecureSocketOptions.SslOnConnect, "none" => SecureSocketOptions.None, _ => SecureSocketOptions.StartTls }, stop);
        await client.AuthenticateAsync(options.User, options.Password, stop);
        var folder = await client.GetFolderAsync(options.Folder, stop);
        await folder.OpenAsync(FolderAccess.ReadOnly, stop);

        var state = reading.StateAs<EmailState>();
        var of = $"{options.Host.ToLowerInvariant()}\n{options.User}\n{options.Folder}";
        var known = state.Validity == folder.UidValidity && (state.Of is null || state.Of == of);
        var found = await folder.SearchAsync(
            known ? SearchQuery.Uids(new UniqueIdRange(new UniqueId(Math.Max(1, state.Next)), UniqueId.MaxValue)) : SearchQuery.DeliveredAfter(reading.Now.AddDays(-options.HistoryDays).UtcDateTime.Date), stop);

        // A range to the end always holds the last message, whatever its number.
        var fresh = found.Where(u => !known || u.Id >= state.Next).OrderBy(u => u.Id).ToList();
        var page = fresh.Take(PageSize).ToList();
        var messages = page.Count == 0 ? [] : await folder.FetchAsync(page, MessageSummaryItems.UniqueId | MessageSummaryItems.Envelope | MessageSummaryItems.InternalDate | MessageSummaryItems.BodyStructure | MessageSummaryItems.References, stop);
        var posts = new List<NetworkPost>();
        foreach (var message in messages.OrderBy(m => m.UniqueId.Id))
        {
            posts.Add(await Mails.ReadAsync(folder, message, options, stop));
        }

        var more = fresh.Count > page.Count;
        var next = more ? page[^1].Id + 1 : Math.Max(fresh.Count > 0 ? fresh[^1].Id + 1 : known ? state.Next : 1, folder.UidNext is { } announced && page.Count == 0 ? announced.Id : 1);
        await client.DisconnectAsync(quit: true, stop);
        return new(posts, Reading.Write(new EmailState { Validity = folder.UidValidity, Next = next, Of = of })) { More = more };
    }

    private static NetworkFailure Failure(Exception e, EmailOptions options) => e switch
    {
        AuthenticationException => NetworkFailure.Refused(options.Host),
        FolderNotFoundException => new("folder_missing", $"There is no folder \"{options.Folder}\" in this mailbox. Write it as the mail program shows it, with its parents: INBOX/Support.", permanent: true),
        SslHandshakeException or NotSupportedException => new("tls_failed", $"No encrypted connection to {options.Host}: it offers none on this port, or its certificate is not valid for this name.", permanent: true),
        ImapCommandException => new("imap_refused", $"{options.Host} refuses to show the folder.", inner: e),
        HttpRequestException or IOException or System.Net.Sockets.SocketException or OperationCanceledException or AddressRefusedException or ServiceNotConnectedException => Unreachable(e, options),
        _ => NetworkFailure.Unreadable(options.Host, e),
    };

    private static NetworkFailure Unreachable(Exception e, EmailOptions options)
    {
        var failed = Feed.FetchFailures.Of(e, new UriBuilder("imap", options.Host, options.Port).Uri, Patience);
        return new(failed.Code, failed.Message, failed.Permanent, failed.RetryAfter, e);
    }
}
