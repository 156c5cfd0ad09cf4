using System.Reflection;
using System.Xml.Linq;

namespace Serm.Tests.Unit.Architecture;

/// <summary>The services as built and as written.</summary>
internal static class Code
{
    public static readonly string[] Services = ["alerts", "gateway", "ingest", "mentions", "sentiment"];

    public static string Root { get; } = FindRoot();

    public static Assembly Contracts => typeof(Contracts.Queues).Assembly;

    public static Assembly Defaults => typeof(Defaults.Bus).Assembly;

    public static IEnumerable<Assembly> ServiceAssemblies => Services.Select(s => Assembly.Load($"Serm.{Title(s)}"));

    public static string Title(string service) => char.ToUpperInvariant(service[0]) + service[1..];

    public static XDocument Project(string folder) => XDocument.Load(Directory.GetFiles(Path.Combine(Root, "services", folder), "*.csproj").Single());

    /// <summary>All code of a service in one text.</summary>
    public static string Text(string folder) => string.Join('\n', Files(folder).Select(File.ReadAllText));

    public static IEnumerable<string> Files(string folder) => Directory.EnumerateFiles(Path.Combine(Root, "services", folder), "*.cs", SearchOption.AllDirectories);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Serm.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}
