using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Serm.Defaults;

namespace Serm.Ingest.Connectors.Telegram;

/// <summary>What a Telegram source takes.</summary>
public sealed class TelegramOptions
{
    /// <summary>The bot.</summary>
    [Secret]
    [Required(ErrorMessage = "Give the token of your bot.")]
    [RegularExpression(@"\d+:[\w-]{10,200}", ErrorMessage = "A bot's token looks like 123456:ABC-DEF...")]
    [Display(Name = "Bot token", Description = "From @BotFather. Make the bot an administrator of your channel, and a member of the discussion group with privacy mode off: it sees nothing else.")]
    public string BotToken { get; set; } = "";

    /// <summary>How updates come.</summary>
    [AllowedValues("ask", "called", ErrorMessage = "Choose \"ask\" or \"called\".")]
    [Display(Name = "How posts come", Description = "\"ask\": Serm holds a request open and gets posts at once. \"called\": Telegram calls Serm; set the address /hooks/{id of the source} with setWebhook and the secret below.")]
    public string Mode { get; set; } = "ask";

    /// <summary>What Telegram sends along with each call.</summary>
    [Secret]
    [RegularExpression(@"[A-Za-z0-9_-]{1,256}", ErrorMessage = "1 to 256 letters, digits, _ and -.")]
    [Display(Name = "Webhook secret", Description = "The secret_token that you gave to setWebhook.")]
    public string? WebhookSecret { get; set; }

    /// <summary>Whether answers are sent.</summary>
    [Sends]
    [Display(Name = "Answer", Description = "Answers to messages of groups are sent by this bot, which must be allowed to write there.")]
    public bool Replies { get; set; }

    /// <summary>Seconds that a request is held open.</summary>
    [Advanced]
    [Range(0, 25)]
    [Display(Name = "Seconds that a request waits")]
    public int WaitSeconds { get; set; } = 25;

    /// <summary>The network's limit.</summary>
    [Advanced]
    [Range(1, 30)]
    [Display(Name = "Requests a second")]
    public int RequestsPerSecond { get; set; } = 10;

    /// <summary>Where the Bot API is.</summary>
    [Advanced]
    [Url]
    [Required]
    [Display(Name = "Address of the Bot API", Description = "Another one only for a Bot API server of your own.")]
    public string ApiUrl { get; set; } = "https://api.telegram.org";
}

/// <summary>Where reading updates stands.</summary>
internal sealed record TelegramState
{
    /// <summary>The first update that is not safe yet; 0 at first.</summary>
    public long Offset { get; init; }
}

/// <summary>Telegram's Bot API: posts of own channels, messages of their discussion groups, edits. Telegram keeps updates for a day and forgets those below the offset, which moves only once they are safe. Bots are not told of deletions.</summary>
internal sealed class TelegramConnector : IPulled, IStreamed, IWebhook, IReplies
{
    private const int PageSize = 100;
    private static readonly string Wanted = JsonSerializer.Serialize(TelegramPosts.Kinds);

    public ConnectorCard Card { get; } = new(
        "telegram",
        "Telegram",
        "Posts and edits of channels and groups that your bot is in, and how many people react where it is an administrator. Bots see no other channels, and are not told what is deleted.",
        "https://core.telegram.org/bots/api",
        typeof(TelegramOptions),
        Ability.OwnChannels | Ability.Edits | Ability.Engagement | Ability.Replies);

    public TimeSpan? Remembers => null;

    public bool Sends(Settings settings) => settings.As<TelegramOptions>().Replies;

    public ReplyLength Length(Settings settings) => new(1, TelegramReplies.Longest);

    public Task<SentReply> ReplyAsync(Answering answering, CancellationToken cancellationToken) => TelegramReplies.SendAsync(answering, cancellationToken);

    public IReadOnlyList<RateLimit> Limits(Settings settings) => [new("requests a second", settings.As<TelegramOptions>().RequestsPerSecond, TimeSpan.FromSeconds(1))];

    public Uri? Address(Settings settings) => settings.As<TelegramOptions>() is { Mode: "ask" } options ? new Uri(options.ApiUrl) : null;

    public bool Streams(Settings settings) => settings.As<TelegramOptions>() is { Mode: "ask", WaitSeconds: > 0 };

    public void Check(Settings settings)
    {
        if (settings.As<TelegramOptions>() is { Mode: "called", WebhookSecret: null or "" })
        {
            throw RuleViolation.Invalid("credentials.webhookSecret", "option_missing", "Give the secret_token of setWebhook: without it anybody could send posts.");
        }
    }

    public Task<Page> ReadAsync(Reading reading, CancellationToken cancellationToken) => AskAsync(reading, reading.StateAs<TelegramState>(), 0, cancellationToken);

    public async IAsyncEnumerable<Page> ListenAsync(Reading reading, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var state = reading.StateAs<TelegramState>();
        while (true)
        {
            var page = await AskAsync(reading, state, reading.Options<TelegramOptions>().WaitSeconds, cancellationToken);
            state = page.State is null ? state : JsonSerializer.Deserialize<TelegramState>(page.State, Reading.Json)!;
            yield return page;
        }
    }

    public HookAnswer Receive(HookCall call, Settings settings, DateTimeOffset now)
    {
        if (!HookCall.Same(call.Header("X-Telegram-Bot-Api-Secret-Token"), settings.As<TelegramOptions>().WebhookSecret ?? ""))
        {
            return new HookAnswer.Refused(403, "bad_secret");
        }

        try
        {
            var update = JsonElement.Parse(call.Body.Span);
            return new HookAnswer.Taken(new([.. TelegramPosts.Of(update, now)], null) { Reactions = [.. TelegramPosts.Reactions(update)] }, EventId: update.Text("update_id"));
        }
        catch (JsonException)
        {
            return new HookAnswer.Refused(400, "bad_body");
        }
    }

    private static async Task<Page> AskAsync(Reading reading, TelegramState state, int wait, CancellationToken cancellationToken)
    {
        var options = reading.Options<TelegramOptions>();
        using var request = new HttpRequestMessage(HttpMethod.Post, NetworkClient.At(options.ApiUrl, $"/bot{options.BotToken}/getUpdates"))
        {
            Content = new FormUrlEncodedContent(
            [
                new("offset", state.Offset.ToString(CultureInfo.InvariantCulture)), new("limit", $"{PageSize}"), new("timeout", $"{wait}"), new("allowed_updates", Wanted),
            ]),
        };
        var answer = await reading.Http.SendAsync(request, new("updates"), cancellationToken);
        var updates = Updates(answer).ToList();
        var last = updates.Select(u => u.Long("update_id") ?? 0).Append(0).Max();

        // Telegram may give fewer than it was asked for: only an empty answer says that there are no more.
        return new([.. updates.SelectMany(u => TelegramPosts.Of(u, reading.Now))], last == 0 ? null : Reading.Write(new TelegramState { Offset = last + 1 }))
        {
            Reactions = [.. updates.SelectMany(TelegramPosts.Reactions)],
            More = last > 0,
        };
    }

    // The token stands in the address: no message may carry that.
    private static IEnumerable<JsonElement> Updates(NetworkAnswer answer)
    {
        if (answer.Status is HttpStatusCode.OK)
        {
            return answer.Json().Items("result");
        }

        throw Failure(answer);
    }

    /// <summary>What an answer means that is no success. The token stands in its address, of which nothing is told.</summary>
    internal static NetworkFailure Failure(NetworkAnswer answer) => answer.Status switch
    {
        HttpStatusCode.TooManyRequests => NetworkFailure.Limited(answer.Url.Host, JsonReads.Parsed(answer.Text())?.Long("parameters", "retry_after") is { } seconds ? TimeSpan.FromSeconds(Math.Clamp(seconds, 0, 86_400)) : null),
        HttpStatusCode.Conflict => new NetworkFailure("webhook_active", "Telegram calls another address for this bot, or another program reads its updates. Call deleteWebhook, or choose \"called\".", permanent: true),
        HttpStatusCode.NotFound => NetworkFailure.Refused(answer.Url.Host),
        _ => Refusal(answer),
    };

    private static NetworkFailure Refusal(NetworkAnswer answer)
    {
        try
        {
            answer.RequireSuccess(null);
            return NetworkFailure.Unreadable(answer.Url.Host);
        }
        catch (NetworkFailure failure)
        {
            return failure;
        }
    }
}
