using Serm.Simulator;

namespace Serm.Tests.Unit.Ingest.Connectors;

/// <summary>What happens in the simulated world: the same for every network.</summary>
internal static class Script
{
    /// <summary>Texts that have broken other readers: scripts of many languages, right-to-left, combining marks, emoji of several code points, markup, quotes, percent signs, line breaks.</summary>
    public static readonly string[] Texts =
    [
        "acme works well, thanks",
        "acme: заказ не приехал третий день, ужасно 😡",
        "acme çok kötü, İSTANBUL'da şube kapalı",
        "acme är så dåligt att jag gråter, åäö",
        "acme dịch vụ quá tệ, không thể chấp nhận được",
        "acme 配送が遅い。二度と買わない",
        "acme 这家店太差了 👎🏽",
        "acme خدمة سيئة جدا",
        "acme שירות גרוע",
        "acme บริการแย่มาก",
        "acme सेवा बहुत खराब है",
        "acme 👩‍👩‍👧‍👦 family plan 🏳️‍🌈 is ☕️ fine",
        "acme <script>alert(1)</script> <img src=x onerror=alert(2)> & \"quotes\" 'too'",
        "acme 100 % of {braces} [brackets] \\ backslash %0A &amp; &lt;b&gt;",
        "acme first line\nsecond line",
        "acme javascript:alert(1) https://evil.example/?q=<svg/onload=alert(3)>",
    ];

    /// <summary>Threads of a post, two answers and an answer to an answer, at changing distances; some posts share a second.</summary>
    public static List<SimPost> Threads(Stage stage, int posts, bool replies = true)
    {
        var all = new List<SimPost>();
        for (var i = 0; i < posts; i++)
        {
            stage.Clock.Advance(TimeSpan.FromSeconds(i % 3 == 0 ? 0 : (i % 5) * 7));
            var parent = !replies ? null : (i % 4) switch { 1 or 2 => all[i - (i % 4)], 3 => all[i - 1], _ => null };
            all.Add(stage.World.Publish($"{Texts[i % Texts.Length]} #{i}", parent: parent));
        }

        return all;
    }
}
