using Serm.Gateway.Clients;

namespace Serm.Gateway.Pages;

/// <summary>Which step a key stands for. The page of keys (<c>?</c>) and docs/screens.md list them all.</summary>
internal static class KeyVerbs
{
    /// <summary>True when its step asks for more in a dialog.</summary>
    public static bool Asks(string key) => key is "x" or "s" or "a" or "t" or "p" or "v";

    /// <summary>The step with one mention; null when the key stands for none with it.</summary>
    public static string? Of(string key, MentionItem mention) => key switch
    {
        "c" => "claim",
        "r" => mention.Status == MentionStatus.Snoozed ? "wake" : mention.IsAlive ? "release" : "reopen",
        "e" => "resolve",
        "x" => "dismiss",
        "a" => "assign",
        "s" => "snooze",
        "w" => "wait",
        "t" => "tag",
        "v" => "severity",
        "p" => "replied",
        "b" when mention.FilteredBy is not null => "restore",
        "1" => "correct:negative",
        "2" => "correct:neutral",
        "3" => "correct:positive",
        "0" when mention.Correction is not null => "withdraw-correction",
        _ => null,
    };

    /// <summary>The step with all that are marked; null when the key stands for none with many.</summary>
    public static string? OfMany(string key, IEnumerable<MentionItem> marked) => key switch
    {
        "c" => "claim",
        "r" => marked.All(m => !m.IsAlive) ? "reopen" : "release",
        "e" => "resolve",
        "x" => "dismiss",
        "a" => "assign",
        "s" => "snooze",
        "t" => "tag",
        "v" => "severity",
        "b" => "restore",
        _ => null,
    };
}
