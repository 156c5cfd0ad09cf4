using System.Text.RegularExpressions;
using System.Xml.Linq;
using Serm.Gateway.Components;

namespace Serm.Tests.Unit.Gateway.Pages;

public sealed partial class TextsTests
{
    private static readonly string Folder = Path.Combine(Root(), "services", "gateway");

    [Fact]
    public void Every_text_that_a_page_asks_for_is_there()
    {
        var known = Known();
        var asked = Directory.EnumerateFiles(Folder, "*.*", SearchOption.AllDirectories)
            .Where(f => f.EndsWith(".razor", StringComparison.Ordinal) || f.EndsWith(".cs", StringComparison.Ordinal))
            .SelectMany(f => Key().Matches(File.ReadAllText(f)).Select(m => m.Groups[1].Value))
            .ToHashSet(StringComparer.Ordinal);
        asked.Count.ShouldBeGreaterThan(100);
        asked.Except(known).ShouldBeEmpty();
    }

    /// <summary>All texts that there are, by name.</summary>
    internal static HashSet<string> Known() => Of("Texts.resx").Keys.ToHashSet(StringComparer.Ordinal);

    /// <summary>Whoever writes a text writes it in every language, and puts in it what the page puts in the English one.</summary>
    [Theory]
    [MemberData(nameof(Translated))]
    public void Every_language_says_all_of_it(string file)
    {
        var english = Of("Texts.resx");
        var other = Of(file);
        other.Keys.ShouldBe(english.Keys, ignoreOrder: true);
        english.Where(t => !Places(t.Value).SequenceEqual(Places(other[t.Key]), StringComparer.Ordinal)).Select(t => t.Key).ShouldBeEmpty();
        other.Where(t => t.Value.Length == 0 || t.Value != t.Value.Trim() && english[t.Key] == english[t.Key].Trim()).Select(t => t.Key).ShouldBeEmpty();
    }

    /// <summary>The files of texts but the English one.</summary>
    public static TheoryData<string> Translated() => [.. Languages.All.Skip(1).Select(l => $"Texts.{l.Code}.resx")];

    // Names of products and of a measure.
    private static readonly HashSet<string> SameEverywhere = ["ChannelKind.slack", "ChannelKind.teams", "ChannelKind.telegram", "Model.MacroF1"];

    /// <summary>No text was passed over.</summary>
    [Fact]
    public void Russian_is_not_english_left_as_it_was()
    {
        var english = Of("Texts.resx");
        Of("Texts.ru.resx").Where(t => !SameEverywhere.Contains(t.Key) && english[t.Key] == t.Value && Words().IsMatch(Slots().Replace(t.Value, ""))).Select(t => $"{t.Key}: {t.Value}").ShouldBeEmpty();
    }

    private static IEnumerable<string> Places(string text) => Slots().Matches(text).Select(m => m.Value).Order(StringComparer.Ordinal);

    private static Dictionary<string, string> Of(string file) =>
        XDocument.Load(Path.Combine(Folder, "Resources", file)).Descendants("data").ToDictionary(d => d.Attribute("name")!.Value, d => d.Element("value")!.Value, StringComparer.Ordinal);

    /// <summary>Neither a key without a word about it nor a word about a key that does nothing.</summary>
    [Fact]
    public void The_list_of_keys_names_all_that_the_inbox_hears()
    {
        var script = File.ReadAllText(Path.Combine(Folder, "wwwroot", "inbox.js"));
        var heard = script.Split('\n').Where(l => l.StartsWith("const keys", StringComparison.Ordinal)).SelectMany(l => Quoted().Matches(l).Select(m => m.Groups[1].Value))
            .Concat(Field().Matches(script).Select(m => m.Groups[1].Value))
            .Concat(Compared().Matches(script).Select(m => m.Groups[1].Value))
            .Select(k => k switch { "ArrowDown" => "↓", "ArrowUp" => "↑", "Escape" => "Esc", _ => k });
        var listed = Listed().Matches(File.ReadAllText(Path.Combine(Folder, "Components", "Parts", "KeysDialog.razor"))).SelectMany(m => m.Groups[1].Value.Split(' '));

        listed.ShouldBe(heard.Distinct(StringComparer.Ordinal), ignoreOrder: true);
    }

    /// <summary>A page that was left may still be about to ask for its token: it holds nothing that must be freed, and to read it then would fail.</summary>
    [Fact]
    public void What_ends_with_a_page_is_cancelled_and_not_disposed() =>
        Directory.EnumerateFiles(Folder, "*.razor*", SearchOption.AllDirectories).Where(f => File.ReadAllText(f).Contains("_end.Dispose()", StringComparison.Ordinal)).ShouldBeEmpty();

    [GeneratedRegex("\\{\\d[^}]*\\}")]
    private static partial Regex Slots();

    // Two small letters: what is left is neither an abbreviation nor a sign.
    [GeneratedRegex("[a-z]{2}")]
    private static partial Regex Words();

    [GeneratedRegex("'([^']+)'")]
    private static partial Regex Quoted();

    [GeneratedRegex("'(.)': '[\\[#]")]
    private static partial Regex Field();

    [GeneratedRegex("\\bkey === '([^']+)'")]
    private static partial Regex Compared();

    [GeneratedRegex("\\(\"([^\"]+)\", \"Keys\\.")]
    private static partial Regex Listed();

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
