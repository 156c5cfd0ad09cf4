namespace Serm.Tests;

/// <summary>Where the checkout and its built programs are.</summary>
public static class Repository
{
    /// <summary>The folder with Serm.sln.</summary>
    public static string Root { get; } = Find();

    /// <summary>The configuration that the tests themselves were built in: debug or release.</summary>
    public static string Configuration { get; } = AppContext.BaseDirectory.Contains("/release", StringComparison.OrdinalIgnoreCase) ? "release" : "debug";

    /// <summary>A built program, such as <c>Serm.Ingest</c>; from the folder <c>SERM_TEST_PROGRAMS</c>, where it is set.</summary>
    public static string Program(string project) => Environment.GetEnvironmentVariable("SERM_TEST_PROGRAMS") is { Length: > 0 } folder
        ? Path.Combine(folder, project, project + ".dll")
        : Path.Combine(Root, "artifacts", "bin", project, Configuration, project + ".dll");

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Serm.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests do not run inside a checkout: Serm.sln is in no folder above.");
    }
}
