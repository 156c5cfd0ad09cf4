using System.Xml.Linq;

namespace Serm.Tests.Unit.Architecture;

public sealed class LicenceTests
{
    private static readonly string[] Allowed = ["MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "PostgreSQL", "Apache-2.0 OR MPL-2.0", "MS-PL OR Apache-2.0"];

    [Fact]
    public void Every_package_that_is_named_in_a_project_has_a_permissive_licence()
    {
        var central = XDocument.Load(Path.Combine(Code.Root, "Directory.Packages.props"));
        var versions = central.Descendants().Where(e => e.Name.LocalName is "PackageVersion" or "GlobalPackageReference")
            .ToDictionary(e => (string)e.Attribute("Include")!, e => ((string)e.Attribute("Version")!).Trim('[', ')').Split(',')[0], StringComparer.OrdinalIgnoreCase);
        var named = Directory.EnumerateFiles(Code.Root, "Serm.*.csproj", SearchOption.AllDirectories)
            .SelectMany(f => XDocument.Load(f).Descendants("PackageReference").Select(r => (string)r.Attribute("Include")!))
            .Concat(central.Descendants("GlobalPackageReference").Select(r => (string)r.Attribute("Include")!))
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .ToList();
        named.ShouldNotBeEmpty();
        named.Select(n => (Package: n, Licence: Licence(n, versions[n]))).Where(p => !Allowed.Contains(p.Licence, StringComparer.Ordinal)).ShouldBeEmpty();
    }

    private static string Licence(string package, string version)
    {
        var cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        var id = package.ToLowerInvariant();
        var nuspec = XDocument.Load(Path.Combine(cache, id, version, $"{id}.nuspec"));
        var licence = nuspec.Descendants().FirstOrDefault(e => e.Name.LocalName is "license");
        return (string?)licence?.Attribute("type") switch
        {
            "expression" => licence!.Value,
            // Some only bring the text along.
            "file" when File.ReadLines(Path.Combine(cache, id, version, licence!.Value)).First().Trim() == "MIT License" => "MIT",
            _ => "not said",
        };
    }
}
