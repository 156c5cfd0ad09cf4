using System.Text;

namespace Serm.Ingest.Connectors.Feed;

/// <summary>What a site's robots.txt says to us, as RFC 9309 reads it: the group of our name, else that of everybody; the longest rule that fits decides, and of two as long the one that allows.</summary>
internal sealed class RobotsTxt
{
    /// <summary>The name that our groups carry; compared without case.</summary>
    public const string Agent = "serm";

    // What RFC 9309 asks at least; the rest is not read.
    private const int MaxBytes = 512 * 1024;

    private readonly List<(string Pattern, bool Allow)> rules = [];

    /// <summary>Reads a file. Lines that are not understood are passed over.</summary>
    public static RobotsTxt Parse(ReadOnlySpan<byte> body)
    {
        var (own, everybody) = (new RobotsTxt(), new RobotsTxt());
        var (isOwn, isEverybody, inRules, named) = (false, false, false, false);
        foreach (var line in Encoding.UTF8.GetString(body[..Math.Min(body.Length, MaxBytes)]).TrimStart('\uFEFF').Split('\n'))
        {
            var text = line.AsSpan();
            text = text.IndexOf('#') is >= 0 and var comment ? text[..comment] : text;
            var colon = text.IndexOf(':');
            if (colon < 0)
            {
                continue;
            }

            var (key, value) = (text[..colon].Trim().ToString().ToLowerInvariant(), text[(colon + 1)..].Trim().ToString());
            if (key == "user-agent")
            {
                // Several agents in a row share the rules that follow.
                (isOwn, isEverybody) = inRules ? (false, false) : (isOwn, isEverybody);
                inRules = false;
                isOwn |= value.Split('/')[0].Trim().Equals(Agent, StringComparison.OrdinalIgnoreCase);
                isEverybody |= value == "*";
                named |= isOwn;
            }
            else if (key is "allow" or "disallow")
            {
                inRules = true;
                Add(own, isOwn, key, value);
                Add(everybody, isEverybody, key, value);
            }
        }

        return named ? own : everybody;
    }

    /// <summary>True when we may read a path (with its query).</summary>
    public bool Allows(string path)
    {
        var best = (Length: -1, Allow: true);
        foreach (var (pattern, allow) in rules)
        {
            if (Fits(pattern, path) && (pattern.Length > best.Length || (pattern.Length == best.Length && allow)))
            {
                best = (pattern.Length, allow);
            }
        }

        return best.Allow;
    }

    private static void Add(RobotsTxt to, bool applies, string key, string value)
    {
        if (applies && value.Length > 0)
        {
            to.rules.Add((value, key == "allow"));
        }
    }

    // A star is anything, a dollar at the end is the end; else the beginning of the path is enough.
    private static bool Fits(string pattern, string path) =>
        Queries.Wildcards.Takes(pattern.EndsWith('$') ? pattern[..^1] : pattern + "*", path, anyOne: false);
}
