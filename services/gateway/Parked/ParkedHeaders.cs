using System.Globalization;
using System.Text;
using MassTransit;
using RabbitMQ.Client;

namespace Serm.Gateway.Parked;

/// <summary>Reads why a message was parked from its headers, and takes those headers off before it is sent again.</summary>
internal static class ParkedHeaders
{
    private const string Deaths = "x-death";

    private const string DeliveryCount = "x-delivery-count";

    /// <summary>The cause. Our consumers and MassTransit write an exception; the broker itself writes its count of deaths.</summary>
    public static ParkedCause Cause(IReadOnlyBasicProperties properties, DateTimeOffset now)
    {
        var headers = properties.Headers ?? new Dictionary<string, object?>(StringComparer.Ordinal);
        var death = (headers.TryGetValue(Deaths, out var deaths) ? deaths as IList<object> : null)?.OfType<IDictionary<string, object?>>().FirstOrDefault();
        var at = DateTimeOffset.TryParse(Text(headers, MessageHeaders.FaultTimestamp), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var noted)
            ? noted
            : death?.TryGetValue("time", out var time) == true && time is AmqpTimestamp stamp ? DateTimeOffset.FromUnixTimeSeconds(stamp.UnixTime) : (DateTimeOffset?)null;
        return new ParkedCause(
            properties.MessageId,
            Text(headers, MessageHeaders.FaultExceptionType) ?? (death is null ? "unknown" : Text(death, "reason") ?? "unknown"),
            Text(headers, MessageHeaders.FaultMessage),
            at,
            at is null ? null : Math.Max(0, (long)(now - at.Value).TotalSeconds));
    }

    /// <summary>The same message without a history, persistent: a second failure is told as its own.</summary>
    public static BasicProperties Fresh(IReadOnlyBasicProperties properties) => new(properties)
    {
        Persistent = true,
        Headers = properties.Headers?
            .Where(h => !h.Key.StartsWith("MT-Fault-", StringComparison.OrdinalIgnoreCase)
                && !h.Key.StartsWith("x-death", StringComparison.OrdinalIgnoreCase)
                && !h.Key.StartsWith("x-first-death", StringComparison.OrdinalIgnoreCase)
                && !h.Key.StartsWith("x-last-death", StringComparison.OrdinalIgnoreCase)
                && !string.Equals(h.Key, DeliveryCount, StringComparison.OrdinalIgnoreCase)
                && !string.Equals(h.Key, MessageHeaders.Reason, StringComparison.Ordinal))
            .ToDictionary(StringComparer.Ordinal),
    };

    /// <summary>How often it was handed out and given back, as a quorum queue counts.</summary>
    public static long Deliveries(IReadOnlyBasicProperties properties) =>
        properties.Headers?.TryGetValue(DeliveryCount, out var count) == true && count is IConvertible and not string ? Convert.ToInt64(count, CultureInfo.InvariantCulture) : 0;

    /// <summary>The same message with the same cause, never handed out.</summary>
    public static BasicProperties Renewed(IReadOnlyBasicProperties properties, DateTimeOffset now)
    {
        var cause = Cause(properties, now);
        var renewed = Fresh(properties);
        renewed.Headers = new Dictionary<string, object?>(renewed.Headers ?? new Dictionary<string, object?>(StringComparer.Ordinal), StringComparer.Ordinal)
        {
            [MessageHeaders.FaultExceptionType] = cause.Error,
            [MessageHeaders.FaultMessage] = cause.Message,
            [MessageHeaders.FaultTimestamp] = cause.ParkedAt?.ToString("O"),
        };
        return renewed;
    }

    private static string? Text(IDictionary<string, object?> headers, string name) => headers.TryGetValue(name, out var value)
        ? value switch
        {
            byte[] bytes => Encoding.UTF8.GetString(bytes),
            string text => text,
            _ => null,
        }
        : null;
}
