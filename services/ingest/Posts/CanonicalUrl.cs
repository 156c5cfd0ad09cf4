using System.Text.RegularExpressions;
using Serm.Ingest.Connectors.Feed;

namespace Serm.Ingest.Posts;

/// <summary>The one address of a page that is linked in many ways: tracking parameters, fragments, AMP and mobile twins, trailing slashes are taken away. An identity to compare by, not an address to open.</summary>
internal static partial class CanonicalUrl
{
    // Parameters that say who linked, clicked or shared, never what is shown.
    private static readonly HashSet<string> Tracking = new(StringComparer.OrdinalIgnoreCase)
    {
        "fbclid", "gclid", "dclid", "gbraid", "wbraid", "gclsrc", "msclkid", "yclid", "ysclid", "twclid", "ttclid", "li_fat_id", "igshid", "igsh", "epik", "rdt_cid", "zanpid",
        "mc_cid", "mc_eid", "mkt_tok", "vero_id", "oly_enc_id", "oly_anon_id", "_hsenc", "_hsmi", "_openstat", "_ga", "_gl", "s_kwcid", "ef_id", "cmpid", "xtor",
        "ref_src", "ref_url", "share_id", "usqp", "amp", "amp_js_v", "amp_gsa", "outputtype", "spm", "scm", "from_source", "feature", "si",
    };

    private static readonly string[] TrackingPrefixes = ["utm_", "pk_", "mtm_", "matomo_", "hsa_", "wt_", "stm_", "itm_"];

    private static readonly HashSet<string> Twins = new(StringComparer.Ordinal) { "www", "m", "mobile", "amp", "touch", "wap" };

    private static readonly Dictionary<string, string> Renamed = new(StringComparer.Ordinal)
    {
        ["twitter.com"] = "x.com",
        ["old.reddit.com"] = "reddit.com",
        ["new.reddit.com"] = "reddit.com",
    };

    /// <summary>The canonical address; null for what is no http(s) address, and for the front page of a site, which stands for no post.</summary>
    public static string? Of(string? url)
    {
        if (url is null || !Uri.TryCreate(url, UriKind.Absolute, out var address) || !FeedLinks.IsWeb(address))
        {
            return null;
        }

        address = Unwrapped(address) ?? address;
        var host = Host(address);
        var path = Path(address.AbsolutePath);
        var query = Query(address.Query);
        if (host == "youtu.be" && path.Length > 1)
        {
            (host, path, query) = ("youtube.com", "/watch", Query($"?v={path[1..]}&{address.Query.TrimStart('?')}"));
        }

        var place = Place().Match(address.Fragment);
        return path.Length == 0 && query.Length == 0 ? null : $"https://{host}{(address.IsDefaultPort ? "" : $":{address.Port}")}{path}{query}{(place.Success ? address.Fragment : "")}";
    }

    // The page behind a cache of AMP pages.
    private static Uri? Unwrapped(Uri address)
    {
        var wrapped = address.IdnHost.EndsWith(".cdn.ampproject.org", StringComparison.OrdinalIgnoreCase)
            ? AmpCache().Match(address.AbsolutePath)
            : GoogleHost().IsMatch(address.IdnHost) ? GoogleAmp().Match(address.AbsolutePath) : Match.Empty;
        return wrapped.Success && Uri.TryCreate($"https://{wrapped.Groups["page"].Value}{address.Query}", UriKind.Absolute, out var page) && page.Host.Contains('.', StringComparison.Ordinal) ? page : null;
    }

    // The last two labels name the site; before them a label can say which twin of it this is.
    private static string Host(Uri address)
    {
        if (address.HostNameType != UriHostNameType.Dns)
        {
            return address.Host.ToLowerInvariant();
        }

        var labels = address.IdnHost.TrimEnd('.').ToLowerInvariant().Split('.');
        var host = string.Join('.', labels.Where((label, i) => i >= labels.Length - 2 || !Twins.Contains(label)));
        return Renamed.GetValueOrDefault(host, host);
    }

    private static string Path(string path)
    {
        var bare = AmpPath().Replace(path.TrimEnd('/'), "").TrimEnd('/');
        return AmpFile().Replace(bare, ".html");
    }

    private static string Query(string query)
    {
        var kept = (query.StartsWith('?') ? query[1..] : query).Split('&', StringSplitOptions.RemoveEmptyEntries).Where(p => !IsTracking(p.Split('=', 2)[0])).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        return string.Join('&', kept) is { Length: > 0 } joined ? "?" + joined : "";
    }

    private static bool IsTracking(string name) => Tracking.Contains(name) || Array.Exists(TrackingPrefixes, p => name.StartsWith(p, StringComparison.OrdinalIgnoreCase));

    // A numbered place in a page is a comment or an answer: a post of its own. All other fragments only scroll.
    [GeneratedRegex("^#[A-Za-z_-]{0,24}[0-9]+$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Place();

    [GeneratedRegex("^/[cv]/(s/)?(?<page>.+)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex AmpCache();

    [GeneratedRegex(@"(^|\.)google\.[a-z.]{2,6}$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex GoogleHost();

    [GeneratedRegex("^/amp/(s/)?(?<page>.+)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex GoogleAmp();

    [GeneratedRegex("^(/+amp)+(?=/)|(/+amp)+$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex AmpPath();

    [GeneratedRegex(@"(\.amp)+\.html$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex AmpFile();
}
