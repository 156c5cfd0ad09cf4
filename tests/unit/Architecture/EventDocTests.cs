using System.Globalization;
using System.Reflection;
using System.Text;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Tests.Unit.Architecture;

public sealed class EventDocTests
{
    private const string Mark = "<!-- From here on the page is written from the code: see EventDocTests. -->\n";

    // What these are needs no saying at each event.
    private static readonly Dictionary<string, string> Common = new(StringComparer.Ordinal)
    {
        ["By"] = "Who did it.",
        ["At"] = "When it happened.",
        ["TraceParent"] = "W3C traceparent.",
        ["Workspace"] = "The tenant.",
    };

    private static readonly XmlDocs Docs = new(AppContext.BaseDirectory);

    // SERM_UPDATE_DOCS=1 writes the page anew below the mark.
    [Fact]
    public void The_page_of_events_lists_every_stored_event_and_every_contract_with_all_they_carry()
    {
        var file = Path.Combine(Code.Root, "docs", "events.md");
        var page = File.ReadAllText(file);
        var at = page.IndexOf(Mark, StringComparison.Ordinal);
        at.ShouldBeGreaterThan(0);
        var written = Written();
        if (Environment.GetEnvironmentVariable("SERM_UPDATE_DOCS") is "1")
        {
            File.WriteAllText(file, page[..(at + Mark.Length)] + written);
            return;
        }

        page[(at + Mark.Length)..].ShouldBe(written, "docs/events.md is out of date: run this test with SERM_UPDATE_DOCS=1");
    }

    [Fact]
    public void No_event_carries_text_that_somebody_wrote()
    {
        string[] personal = ["Text", "Title", "Author", "Post"];

        // Written by a manager beside a query, as a test of it: configuration, not what somebody said.
        string[] written = ["QueryExample.Text"];
        Catalogues().SelectMany(c => c.Events.Values).SelectMany(t => Shapes.Parts(t).Prepend(t)).Distinct()
            .SelectMany(t => t.IsEnum ? [] : Shapes.Properties(t).Where(p => personal.Contains(p.Name, StringComparer.Ordinal) && p.Type.StartsWith("string", StringComparison.Ordinal) || p.Type is "Post" or "Author").Select(p => $"{t.Name}.{p.Name}"))
            .Except(written, StringComparer.Ordinal)
            .ShouldBeEmpty();
    }

    private static IEnumerable<(string Service, string Of, IReadOnlyDictionary<string, Type> Events)> Catalogues() => Code.ServiceAssemblies
        .SelectMany(a => a.GetTypes())
        .Where(t => t.Name.EndsWith("EventNames", StringComparison.Ordinal))
        .OrderBy(t => t.FullName, StringComparer.Ordinal)
        .Select(t => (t.Assembly.GetName().Name!["Serm.".Length..].ToLowerInvariant(), t.Name, (IReadOnlyDictionary<string, Type>)t.GetField("All", BindingFlags.Static | BindingFlags.Public)!.GetValue(null)!));

    private static string Written()
    {
        var page = new StringBuilder("\n## Stored events\n");
        var parts = new List<Type>();
        foreach (var service in Catalogues().GroupBy(c => c.Service, StringComparer.Ordinal))
        {
            page.Append(CultureInfo.InvariantCulture, $"\n### {service.Key}\n");
            foreach (var (name, type) in service.SelectMany(c => c.Events))
            {
                Describe(page, $"`{name}`", type, parts);
            }
        }

        page.Append("\n## Contracts on the bus\n");
        foreach (var queues in Queues.All.GroupBy(q => q.Message))
        {
            Describe(page, $"`{queues.Key.Name}`", queues.Key, parts);
            page.Append(CultureInfo.InvariantCulture, $"\nQueues: {string.Join(", ", queues.Select(q => $"`{q.Queue}`"))}.\n");
        }

        page.Append("\n## Parts\n");
        foreach (var part in parts.Distinct().OrderBy(t => t.Name, StringComparer.Ordinal))
        {
            Describe(page, $"`{part.Name}`", part, []);
        }

        return page.ToString();
    }

    private static void Describe(StringBuilder page, string title, Type type, List<Type> parts)
    {
        page.Append(CultureInfo.InvariantCulture, $"\n#### {title}\n{Docs.Of(type, null)}\n");
        if (type.IsEnum)
        {
            page.Append(CultureInfo.InvariantCulture, $"\nOne of {string.Join(", ", Enum.GetNames(type).Select(n => $"`{char.ToLowerInvariant(n[0])}{n[1..]}`"))}.\n");
            return;
        }

        page.Append("\n| field | type | what |\n|---|---|---|\n");
        foreach (var (name, of, _) in Shapes.Properties(type))
        {
            page.Append(CultureInfo.InvariantCulture, $"| `{char.ToLowerInvariant(name[0])}{name[1..]}` | {of} | {Docs.Of(type, name) ?? Common.GetValueOrDefault(name)} |\n");
        }

        parts.AddRange(Shapes.Parts(type));
    }
}
