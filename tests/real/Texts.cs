namespace Serm.Tests.Real;

/// <summary>What people write to the real servers: plain text in scripts of many languages. Each holds the word "acme".</summary>
internal static class Texts
{
    /// <summary>By language; the last ones are emoji of several code points, and text that looks like markup.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        "acme is late again, no answer from support",
        "acme: заказ не приехал третий день, ужасно 😡",
        "acme çok kötü, İSTANBUL'da şube kapalı ve ığdır bekliyor",
        "acme är så dåligt att jag gråter, åäö ÅÄÖ",
        "acme dịch vụ quá tệ, không thể chấp nhận được",
        "acme خدمة سيئة جدا ولن أشتري مرة أخرى",
        "acme 这家店太差了，再也不买 👎🏽",
        "acme 配送が遅い。二度と買わない",
        "acme 👩‍👩‍👧‍👦 family plan 🏳️‍🌈 is ☕️ fine",
        "acme 5 < 6 & 7 > 2 {braces} [brackets] 100 %",
    ];

    /// <summary>As it is compared: typographic quotes and spaces are the server's to choose, and WordPress's feeds draw emoji as images that are named without variation selectors.</summary>
    public static string Plain(string text) => string.Join(' ', text.Replace("\uFE0F", "", StringComparison.Ordinal).Replace('’', '\'').Replace('‘', '\'').Replace('“', '"').Replace('”', '"').Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
