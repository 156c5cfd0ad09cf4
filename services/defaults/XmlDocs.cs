using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace Serm.Defaults;

/// <summary>The docstrings of the built assemblies, so that the API's description says what the code says.</summary>
/// <param name="folder">With <c>Serm.*.xml</c> files, as the compiler writes them.</param>
internal sealed partial class XmlDocs(string folder)
{
    private readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, XElement>> _files = new(StringComparer.Ordinal);

    /// <summary>What a type, or a property of it, is; null when nothing is written.</summary>
    /// <param name="type">The type.</param>
    /// <param name="property">Name of a property, which may be a record's parameter; null for the type itself.</param>
    public string? Of(Type type, string? property)
    {
        var name = (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName?.Replace('+', '.');
        if (name is null || type.Assembly.GetName().Name is not { } assembly || !assembly.StartsWith("Serm.", StringComparison.Ordinal))
        {
            return null;
        }

        var members = _files.GetOrAdd(assembly, Read);
        var ofType = members.GetValueOrDefault($"T:{name}");
        return Text(property is null
            ? ofType?.Element("summary")
            : members.GetValueOrDefault($"P:{name}.{property}")?.Element("summary") ?? ofType?.Elements("param").FirstOrDefault(p => (string?)p.Attribute("name") == property));
    }

    private IReadOnlyDictionary<string, XElement> Read(string assembly)
    {
        try
        {
            return XDocument.Load(Path.Combine(folder, $"{assembly}.xml")).Descendants("member").ToDictionary(m => (string)m.Attribute("name")!, StringComparer.Ordinal);
        }
        catch (Exception e) when (e is IOException or XmlException)
        {
            // A description without words is still a description.
            return new Dictionary<string, XElement>(StringComparer.Ordinal);
        }
    }

    private static string? Text(XElement? element)
    {
        if (element is null)
        {
            return null;
        }

        var words = element.DescendantNodes().Select(n => n switch
        {
            XText text => text.Parent?.Name.LocalName is "c" ? $"`{text.Value}`" : text.Value,
            XElement { Name.LocalName: "see" or "paramref" } link => $"`{((string?)link.Attribute("cref") ?? (string?)link.Attribute("name") ?? "").Split('.', ':')[^1]}`",
            _ => "",
        });
        var flat = Spaces().Replace(string.Concat(words), " ").Trim();
        return flat.Length == 0 ? null : flat;
    }

    [GeneratedRegex(@"\s+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Spaces();
}
