using System.Net;
using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>How a try ended.</summary>
/// <param name="Error">Null when the receiver took it.</param>
/// <param name="Final">True when another try would end the same way.</param>
/// <param name="After">The pause that the receiver asks for; null when it asks for none.</param>
/// <param name="Busy">True when the receiver is well and wants less: it is said of all that it is told, and is no failure of the channel.</param>
internal sealed record Outcome(string? Error, bool Final = false, TimeSpan? After = null, bool Busy = false)
{
    public static readonly Outcome Delivered = new((string?)null);
}

/// <summary>Hands messages to receivers. Every connection goes through the guard for outgoing addresses; every try has a bound.</summary>
internal sealed class Senders(IHttpClientFactory clients, OutboundGuard guard, IOptions<ChannelOptions> options, TimeProvider clock)
{
    /// <summary>Name of the client in the factory.</summary>
    public const string Client = "channels";

    /// <summary>The longest that a try lasts.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    // The longest that a receiver can make us wait.
    private static readonly TimeSpan LongestAsked = TimeSpan.FromHours(24);

    private const int MostAnswer = 500;

    public async Task<Outcome> SendAsync(NoticeChannel channel, ChannelSecret? secret, Message message, CancellationToken cancellationToken)
    {
        if (secret is null && (channel.Kind != ChannelKinds.Email || channel.Settings.User is not null))
        {
            return new("The secret of this channel cannot be opened with this data key. Enter it anew.", Final: true);
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            return channel.Kind switch
            {
                ChannelKinds.Email => await MailAsync(channel, secret, message, limit.Token),
                ChannelKinds.Telegram => await PostAsync(new Uri(options.Value.TelegramUrl, $"/bot{secret!.BotToken}/sendMessage"), Bodies.Telegram(channel.Settings.ChatId!, message), message, limit.Token),
                ChannelKinds.Slack => await PostAsync(new Uri(secret!.Url!), Bodies.Slack(message), message, limit.Token),
                ChannelKinds.Teams => await PostAsync(new Uri(secret!.Url!), Bodies.Teams(message), message, limit.Token),
                _ => new($"There is no sender for {channel.Kind}.", Final: true),
            };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new($"The receiver did not answer within {Patience.TotalSeconds:0} s.");
        }
        catch (Exception e) when (Refused(e) is { } refused)
        {
            return new(refused.Message, Final: true);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException or ServiceNotConnectedException)
        {
            return new($"The receiver cannot be reached: {Message.Clean((e.InnerException ?? e).Message)}");
        }
    }

    private static AddressRefusedException? Refused(Exception e) => e as AddressRefusedException ?? (e.InnerException is { } inner ? Refused(inner) : null);

    private async Task<Outcome> PostAsync(Uri url, HttpContent body, Message message, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = body };
        request.Headers.Add("Idempotency-Key", message.Id.ToString("D"));
        using var answer = await clients.CreateClient(Client).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (answer.IsSuccessStatusCode)
        {
            return Outcome.Delivered;
        }

        var status = (int)answer.StatusCode;
        var head = await HeadAsync(answer, cancellationToken);
        var said = $"The receiver answered {status}{(head.Length > 0 ? $": {head}" : "")}";
        var asked = answer.Headers.RetryAfter is { } after ? after.Delta ?? after.Date - clock.GetUtcNow() : null;
        var busy = answer.StatusCode == HttpStatusCode.TooManyRequests;
        var passes = busy || answer.StatusCode == HttpStatusCode.RequestTimeout;
        return new(said, Final: !passes && status is >= 300 and < 500, asked > LongestAsked ? LongestAsked : asked, busy);
    }

    // Enough to see what is wrong; a receiver that never ends is not read to its end.
    private static async Task<string> HeadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var buffer = new byte[MostAnswer];
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        var read = await stream.ReadAtLeastAsync(buffer, MostAnswer, throwOnEndOfStream: false, cancellationToken);
        return Message.Clean(System.Text.Encoding.UTF8.GetString(buffer, 0, read));
    }

    private async Task<Outcome> MailAsync(NoticeChannel channel, ChannelSecret? secret, Message message, CancellationToken cancellationToken)
    {
        var s = channel.Settings;
        using var mail = Mails.Of(s, message);
        using var client = new SmtpClient { Timeout = (int)Patience.TotalMilliseconds };
        try
        {
            // Connected by the guard: the name is resolved once, and it is this address that is spoken to.
            await using var stream = await guard.ConnectAsync(s.Host!, s.Port ?? 587, cancellationToken);
            await client.ConnectAsync(stream, s.Host!, s.Port ?? 587, s.Tls switch { "tls" => SecureSocketOptions.SslOnConnect, "none" => SecureSocketOptions.None, _ => SecureSocketOptions.StartTls }, cancellationToken);
            if (s.User is { } user)
            {
                await client.AuthenticateAsync(user, secret?.Password ?? "", cancellationToken);
            }

            await client.SendAsync(mail, cancellationToken);
            await client.DisconnectAsync(true, cancellationToken);
            return Outcome.Delivered;
        }
        catch (SmtpCommandException e)
        {
            return new($"The mail server answered {(int)e.StatusCode}: {Message.Clean(e.Message)}", Final: (int)e.StatusCode >= 500);
        }
        catch (AuthenticationException)
        {
            return new("The mail server does not take this account and password.", Final: true);
        }
        catch (Exception e) when (e is SslHandshakeException or NotSupportedException)
        {
            return new($"No encrypted connection to the mail server: {Message.Clean(e.Message.Split('\n')[0])}", Final: true);
        }
        catch (ProtocolException e)
        {
            return new($"The mail server does not speak SMTP as expected: {Message.Clean(e.Message)}");
        }
    }
}
