using System.Security.Cryptography;
using System.Text.Json;
using Npgsql;

namespace Serm.Alerts;

/// <summary>A webhook that is delivered to, with its secrets.</summary>
internal sealed record OpenWebhook(string Workspace, Webhook Webhook, WebhookSecrets Secrets)
{
    /// <summary>Where its deliveries go: read from its terms once, not for each attempt.</summary>
    public Uri Address { get; } = new(Webhook.Terms.Url);
}

/// <summary>The webhooks of all workspaces that are delivered to, as they were when last read.</summary>
internal sealed partial class WebhookBook(NpgsqlDataSource dataSource, SecretBox box, ILogger<WebhookBook> log)
{
    /// <summary>By id.</summary>
    public IReadOnlyDictionary<Guid, OpenWebhook> All { get; private set; } = new Dictionary<Guid, OpenWebhook>();

    /// <summary>Reads them anew.</summary>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            "select w.workspace, w.id, w.state::text, s.sealed from alerts.webhooks w join alerts.webhook_secrets s on s.workspace = w.workspace and s.webhook_id = w.id where w.delivers");
        var all = new Dictionary<Guid, OpenWebhook>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var (workspace, id) = (reader.GetString(0), reader.GetGuid(1));
            try
            {
                all[id] = new(workspace, JsonSerializer.Deserialize<Webhook>(reader.GetString(2), RuleLog.Json)!, box.Open(workspace, id, reader.GetFieldValue<byte[]>(3)));
            }
            catch (CryptographicException)
            {
                // Its deliveries wait. The data key is not the one with which it was sealed.
                LogSealed(log, id);
            }
        }

        All = all;
    }

    [LoggerMessage(EventId = 411, Level = LogLevel.Error, Message = "The secrets of webhook {Webhook} cannot be opened: is Serm:DataKey the one of before? Its deliveries wait; give it new secrets, or the old key back")]
    private static partial void LogSealed(ILogger log, Guid webhook);
}
