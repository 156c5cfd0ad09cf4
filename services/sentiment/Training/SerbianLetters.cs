using System.Text;

namespace Serm.Sentiments.Training;

/// <summary>Serbian Latin to Cyrillic, by the one-to-one table of Gaj's alphabet; lower case only.</summary>
internal static class SerbianLetters
{
    private const string Latin = "abvgdđežzijklmnoprstćufhcčš";
    private const string Cyrillic = "абвгдђежзијклмнопрстћуфхцчш";

    public static string ToCyrillic(string text)
    {
        var result = new StringBuilder(text.ToLowerInvariant())
            .Replace("lj", "љ").Replace("nj", "њ").Replace("dž", "џ");
        for (var i = 0; i < result.Length; i++)
        {
            var at = Latin.IndexOf(result[i], StringComparison.Ordinal);
            result[i] = at < 0 ? result[i] : Cyrillic[at];
        }

        return result.ToString();
    }
}
