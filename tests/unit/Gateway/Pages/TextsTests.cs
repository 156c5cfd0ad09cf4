using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Serm.Tests.Unit.Gateway.Pages;

public sealed partial class TextsTests
{
    private static readonly string Folder = Path.Combine(Root(), "services", "gateway");

    [Fact]
    public void Every_text_that_a_page_asks_for_is_there()
    {
        var known = XDocument.Load(Path.Combine(Folder, "Resources", "Texts.resx")).Descendants("data").Select(d => d.Attribute("name")!.Value).ToHashSet(StringComparer.Ordinal);
        var asked = Directory.EnumerateFiles(Folder, "*.*", SearchOption.AllDirectories)
            .Where(f => f.EndsWith(".razor", StringComparison.Ordinal) || f.EndsWith(".cs", StringComparison.Ordinal))
            .SelectMany(f => Key().Matches(File.ReadAllText(f)).Select(m => m.Groups[1].Value))
            .ToHashSet(StringComparer.Ordinal);
        asked.Count.ShouldBeGreaterThan(100);
        asked.Except(known).ShouldBeEmpty();
    }

    [GeneratedRegex("(?:\\bL|\\bl|\\btexts)\\[\"([A-Za-z0-9_.]+)\"")]
    private static partial Regex Key();

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Serm.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}
