using System.Diagnostics;
using System.Text.RegularExpressions;
using k8s;
using k8s.Models;

namespace Serm.Tests.Unit.Deploy;

/// <summary>An overlay of deploy/k8s as kubectl renders it, read strictly: a field that Kubernetes does not know fails.</summary>
internal sealed partial class Rendered
{
    private static readonly Dictionary<string, Rendered> Overlays = new(StringComparer.Ordinal);

    private readonly List<object> objects = [];

    private Rendered(string yaml)
    {
        foreach (var document in yaml.Split("\n---\n"))
        {
            var kind = Kind().Match(document).Groups["kind"].Value;
            if (kind is "Cluster" or "RabbitmqCluster")
            {
                Custom.Add(document);
            }
            else
            {
                objects.AddRange(KubernetesYaml.LoadAllFromString(document, strict: true));
            }
        }
    }

    /// <summary>The operators' resources, as text: their schemas are not part of Kubernetes.</summary>
    public List<string> Custom { get; } = [];

    public IReadOnlyList<object> Objects => objects;

    public IEnumerable<T> Of<T>() => objects.OfType<T>();

    /// <summary>Renders an overlay, once in a run.</summary>
    public static Rendered Overlay(string name)
    {
        lock (Overlays)
        {
            return Overlays.TryGetValue(name, out var known) ? known : Overlays[name] = new Rendered(Kustomize(name));
        }
    }

    /// <summary>A container's environment as it is written down, in the order in which it is resolved: the config maps' first.</summary>
    public IReadOnlyList<(string Name, V1EnvVar Value)> Environment(V1Container container) =>
    [
        .. container.EnvFrom
            .SelectMany(f => Of<V1ConfigMap>().Where(m => m.Metadata.Name == f.ConfigMapRef.Name))
            .SelectMany(m => m.Data)
            .Select(d => (d.Key, new V1EnvVar { Name = d.Key, Value = d.Value })),
        .. container.Env.Select(e => (e.Name, e)),
    ];

    private static string Kustomize(string overlay)
    {
        var program = System.Environment.GetEnvironmentVariable("SERM_TEST_KUBECTL") ?? "kubectl";
        var info = new ProcessStartInfo(program, ["kustomize", Path.Combine(Checkout.Root, "deploy", "k8s", "overlays", overlay)])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process;
        try
        {
            process = Process.Start(info)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException("kubectl is missing. Run ./serm test unit, which installs it.", e);
        }

        using (process)
        {
            var errors = process.StandardError.ReadToEndAsync();
            var yaml = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? yaml : throw new InvalidOperationException($"kubectl kustomize failed: {errors.GetAwaiter().GetResult()}");
        }
    }

    [GeneratedRegex(@"^kind: (?<kind>\w+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Kind();
}

/// <summary>The checkout that the tests were built from.</summary>
internal static class Checkout
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Serm.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("Serm.sln is in no folder above the tests.");
    }
}
