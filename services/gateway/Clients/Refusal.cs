using System.Text.Json;

namespace Serm.Gateway.Clients;

/// <summary>A service said no, or does not answer. The message is its own sentence for people.</summary>
/// <param name="status">HTTP status; 0 when there was no answer.</param>
/// <param name="code">Stable code of the problem details.</param>
/// <param name="message">What is wrong and what to do.</param>
/// <param name="problem">All members of the problem details.</param>
public sealed class Refusal(int status, string code, string message, JsonElement? problem = null) : Exception(message)
{
    /// <summary>The code of a missing answer to a call that changed nothing.</summary>
    public const string Unreachable = "service_unavailable";

    /// <summary>The code of a missing answer to a call that may have changed something.</summary>
    public const string OutcomeUnknown = "outcome_unknown";

    /// <summary>HTTP status; 0 when there was no answer.</summary>
    public int Status { get; } = status;

    /// <summary>Stable code, such as <c>version_conflict</c>.</summary>
    public string Code { get; } = code;

    /// <summary>The field at fault; null when it is about no field.</summary>
    public string? Field => Text("field");

    /// <summary>Who has the mention; null when the service did not say.</summary>
    public string? Owner => Text("owner");

    /// <summary>A member of the problem details; null when it is not there.</summary>
    public JsonElement? Member(string name) => problem is { ValueKind: JsonValueKind.Object } p && p.TryGetProperty(name, out var value) ? value : null;

    private string? Text(string name) => Member(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
}
