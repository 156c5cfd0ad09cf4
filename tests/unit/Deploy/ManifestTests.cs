using System.Text.RegularExpressions;
using k8s.Models;
using Serm.Gateway.Proxy;

namespace Serm.Tests.Unit.Deploy;

public sealed partial class ManifestTests
{
    private static readonly string[] Programs = ["alerts", "gateway", "ingest", "mentions", "sentiment"];

    // Secrets that somebody else makes, with the keys that they hold: the operators by their documentation, and docs/kubernetes.md.
    private static readonly Dictionary<string, string[]> Secrets = new(StringComparer.Ordinal)
    {
        ["serm"] = ["internal-key", "data-key", "admin-password"],
        ["serm-postgres-app"] = ["host", "username", "password", "dbname", "port"],
        ["serm-rabbitmq-default-user"] = ["host", "username", "password", "port"],
    };

    // Settings that a service does without.
    private static readonly string[] Optional = ["Serm:AllowHosts", "SERM_ALLOW_HOSTS", "OTEL_EXPORTER_OTLP_ENDPOINT", "Gateway:TrustedProxies"];

    public static TheoryData<string> Overlays => ["dev", "prod"];

    [Theory, MemberData(nameof(Overlays))]
    public void Every_program_is_deployed_with_what_belongs_to_it(string overlay)
    {
        var rendered = Rendered.Overlay(overlay);
        rendered.Of<V1Deployment>().Select(d => d.Metadata.Name).Order(StringComparer.Ordinal).ShouldBe(Programs);
        foreach (var deployment in rendered.Of<V1Deployment>())
        {
            var labels = deployment.Spec.Template.Metadata.Labels;
            Matches(deployment.Spec.Selector.MatchLabels, labels).ShouldBeTrue();
            var service = rendered.Of<V1Service>().Where(s => s.Metadata.Name == deployment.Metadata.Name).ShouldHaveSingleItem();
            Matches(service.Spec.Selector, labels).ShouldBeTrue();
            var ports = Container(deployment).Ports;
            service.Spec.Ports.ShouldAllBe(p => ports.Any(c => c.Name == p.TargetPort.Value));
            var budget = rendered.Of<V1PodDisruptionBudget>().Where(b => Matches(b.Spec.Selector.MatchLabels, labels)).ShouldHaveSingleItem();
            budget.Spec.MaxUnavailable.Value.ShouldBe("1");
            rendered.Of<V1ServiceAccount>().ShouldContain(a => a.Metadata.Name == deployment.Spec.Template.Spec.ServiceAccountName && a.AutomountServiceAccountToken == false);
            deployment.Spec.Template.Spec.TopologySpreadConstraints.ShouldNotBeEmpty();
        }
    }

    [Theory, MemberData(nameof(Overlays))]
    public void PostgreSQL_takes_the_connections_of_as_many_pods_as_there_may_be(string overlay)
    {
        var rendered = Rendered.Overlay(overlay);
        var wanted = rendered.Of<V1Deployment>().Sum(d =>
        {
            var pods = rendered.Of<V2HorizontalPodAutoscaler>().FirstOrDefault(h => h.Spec.ScaleTargetRef.Name == d.Metadata.Name)?.Spec.MaxReplicas ?? d.Spec.Replicas ?? 1;
            var pool = int.Parse(PoolSize().Match(rendered.Environment(Container(d)).Single(e => e.Name == "ConnectionStrings__Postgres").Value.Value).Groups["size"].Value, System.Globalization.CultureInfo.InvariantCulture);

            // What has an event store has a pool for it, and the connection that elects.
            return pods * (d.Metadata.Name is "gateway" or "sentiment" ? pool : (2 * pool) + 1);
        });
        var most = int.Parse(MaxConnections().Match(string.Concat(rendered.Custom)).Groups["most"].Value, System.Globalization.CultureInfo.InvariantCulture);
        wanted.ShouldBeLessThanOrEqualTo(most - 20);
    }

    [Theory, MemberData(nameof(Overlays))]
    public void No_container_can_do_more_than_it_must(string overlay)
    {
        foreach (var deployment in Rendered.Overlay(overlay).Of<V1Deployment>())
        {
            var pod = deployment.Spec.Template.Spec;
            pod.SecurityContext.RunAsNonRoot.ShouldBe(true);
            pod.SecurityContext.RunAsUser!.Value.ShouldBeGreaterThan(0);
            pod.SecurityContext.SeccompProfile.Type.ShouldBe("RuntimeDefault");
            pod.AutomountServiceAccountToken.ShouldBe(false);
            pod.HostNetwork.ShouldNotBe(true);
            pod.Volumes.ShouldAllBe(v => v.HostPath == null);
            var container = Container(deployment);
            container.SecurityContext.AllowPrivilegeEscalation.ShouldBe(false);
            container.SecurityContext.ReadOnlyRootFilesystem.ShouldBe(true);
            container.SecurityContext.Capabilities.Drop.ShouldBe(["ALL"]);
            container.VolumeMounts.ShouldContain(m => m.MountPath == "/tmp");
        }
    }

    [Theory, MemberData(nameof(Overlays))]
    public void Every_container_is_bounded_and_probed_and_pinned(string overlay)
    {
        foreach (var deployment in Rendered.Overlay(overlay).Of<V1Deployment>())
        {
            var container = Container(deployment);
            foreach (var resource in new[] { "cpu", "memory" })
            {
                container.Resources.Requests.Keys.ShouldContain(resource);
                container.Resources.Limits.Keys.ShouldContain(resource);
                container.Resources.Limits[resource].ToDecimal().ShouldBeGreaterThanOrEqualTo(container.Resources.Requests[resource].ToDecimal());
            }

            container.StartupProbe.HttpGet.Path.ShouldBe("/healthz/live");
            container.LivenessProbe.HttpGet.Path.ShouldBe("/healthz/live");
            container.ReadinessProbe.HttpGet.Path.ShouldBe("/healthz/ready");
            container.Image.ShouldMatch(@":[0-9]+\.[0-9]+\.[0-9]+$");

            // The services' own shutdown takes 20 s at most.
            deployment.Spec.Template.Spec.TerminationGracePeriodSeconds!.Value.ShouldBeGreaterThan(20 + container.Lifecycle.PreStop.Sleep.Seconds);
        }
    }

    [Theory, MemberData(nameof(Overlays))]
    public void Every_setting_that_a_program_reads_is_given(string overlay)
    {
        var rendered = Rendered.Overlay(overlay);
        foreach (var deployment in rendered.Of<V1Deployment>())
        {
            var environment = rendered.Environment(Container(deployment)).Select(e => e.Name).ToHashSet(StringComparer.Ordinal);
            foreach (var setting in SettingsReadBy(deployment.Metadata.Name).Except(Optional))
            {
                environment.ShouldContain(setting.Replace(":", "__", StringComparison.Ordinal), $"{deployment.Metadata.Name} reads {setting}");
            }
        }
    }

    [Theory, MemberData(nameof(Overlays))]
    public void Secrets_are_referred_to_and_never_written_down(string overlay)
    {
        var rendered = Rendered.Overlay(overlay);
        rendered.Of<V1Secret>().ShouldBeEmpty();
        foreach (var (name, value) in rendered.Of<V1Deployment>().SelectMany(d => rendered.Environment(Container(d))))
        {
            if (value.ValueFrom?.SecretKeyRef is { } secret)
            {
                Secrets.ShouldContainKey(secret.Name);
                Secrets[secret.Name].ShouldContain(secret.Key);
            }
            else
            {
                name.ShouldNotContain("Key");
                (value.Value ?? "").ShouldNotMatch("(?i)password=[^$]");
            }
        }
    }

    [Theory, MemberData(nameof(Overlays))]
    public void Values_refer_only_to_what_was_set_before_them(string overlay)
    {
        var rendered = Rendered.Overlay(overlay);
        foreach (var deployment in rendered.Of<V1Deployment>())
        {
            var known = new HashSet<string>(StringComparer.Ordinal);
            foreach (var (name, value) in rendered.Environment(Container(deployment)))
            {
                foreach (Match reference in Reference().Matches(value.Value ?? ""))
                {
                    known.ShouldContain(reference.Groups["name"].Value);
                }

                known.Add(name);
            }
        }
    }

    [Theory, MemberData(nameof(Overlays))]
    public void The_gateway_finds_the_services_where_they_listen(string overlay)
    {
        var rendered = Rendered.Overlay(overlay);
        var settings = rendered.Of<V1ConfigMap>().First(m => m.Metadata.Name == "serm").Data;
        foreach (var name in ServiceAddresses.Names)
        {
            var address = new Uri(settings.First(s => string.Equals(s.Key, $"Services__{name}", StringComparison.OrdinalIgnoreCase)).Value);
            var service = rendered.Of<V1Service>().First(s => s.Metadata.Name == address.Host);
            service.Spec.Ports.ShouldContain(p => p.Port == address.Port);
        }

        var listens = int.Parse(settings["ASPNETCORE_URLS"].Split(':')[^1], System.Globalization.CultureInfo.InvariantCulture);
        rendered.Of<V1Deployment>().ShouldAllBe(d => Container(d).Ports.Single().ContainerPort == listens);
    }

    [Theory, MemberData(nameof(Overlays))]
    public void All_traffic_is_denied_but_what_is_named(string overlay)
    {
        var rendered = Rendered.Overlay(overlay);
        var deny = rendered.Of<V1NetworkPolicy>().Single(p => p.Metadata.Name == "deny-all").Spec;
        deny.PolicyTypes.ShouldBe(["Ingress", "Egress"], ignoreOrder: true);
        deny.Ingress.ShouldBeNull();
        deny.Egress.ShouldBeNull();
        rendered.Of<V1Deployment>().ShouldAllBe(d => Matches(deny.PodSelector.MatchLabels, d.Spec.Template.Metadata.Labels));
        foreach (var rule in rendered.Of<V1NetworkPolicy>().SelectMany(p => p.Spec.Ingress ?? []))
        {
            rule.FromProperty.ShouldNotBeEmpty();
        }

        // Only those that read feeds and call webhooks reach the internet.
        var internet = rendered.Of<V1NetworkPolicy>().Where(p => (p.Spec.Egress ?? []).Any(e => e.To.Any(t => t.IpBlock != null))).ShouldHaveSingleItem();
        internet.Spec.PodSelector.MatchExpressions.Single().Values.ShouldBe(["ingest", "alerts"]);

        // Web, and mail: what e-mail sources and channels connect to where nobody says otherwise.
        internet.Spec.Egress.Single().Ports.Select(p => p.Port.Value).ShouldBe(["80", "443", "143", "465", "587", "993"], ignoreOrder: true);
    }

    [Fact]
    public void Production_has_two_of_everything_and_scales()
    {
        var rendered = Rendered.Overlay("prod");
        foreach (var deployment in rendered.Of<V1Deployment>())
        {
            // A number here would fight the autoscaler at every apply.
            deployment.Spec.Replicas.ShouldBeNull();
            var scaler = rendered.Of<V2HorizontalPodAutoscaler>().Where(h => h.Spec.ScaleTargetRef.Name == deployment.Metadata.Name).ShouldHaveSingleItem();
            scaler.Spec.MinReplicas!.Value.ShouldBeGreaterThanOrEqualTo(2);
            scaler.Spec.MaxReplicas.ShouldBeGreaterThan(scaler.Spec.MinReplicas.Value);
            Container(deployment).Image.ShouldStartWith("registry.example.com/");
        }

        var ingress = rendered.Of<V1Ingress>().ShouldHaveSingleItem();
        ingress.Metadata.Annotations["nginx.ingress.kubernetes.io/proxy-buffering"].ShouldBe("off");
        ingress.Spec.Rules.Single().Http.Paths.Single().Backend.Service.Name.ShouldBe("gateway");
        ingress.Spec.Tls.ShouldNotBeEmpty();
        rendered.Custom.ShouldContain(c => c.Contains("kind: Cluster\n", StringComparison.Ordinal) && c.Contains("instances: 3", StringComparison.Ordinal));
        rendered.Custom.ShouldContain(c => c.Contains("kind: RabbitmqCluster\n", StringComparison.Ordinal) && c.Contains("replicas: 3", StringComparison.Ordinal));
    }

    [Fact]
    public void The_way_into_production_leads_a_page_to_one_gateway_and_takes_the_largest_body()
    {
        var annotations = Rendered.Overlay("prod").Of<V1Ingress>().Single().Metadata.Annotations;
        string Of(string name) => annotations[$"nginx.ingress.kubernetes.io/{name}"];

        // A page lives in the gateway that made it: its next call must come there too.
        Of("affinity").ShouldBe("cookie");
        Of("affinity-mode").ShouldBe("persistent");
        Of("session-cookie-name").ShouldNotBeEmpty();

        var largest = LargestBody().Matches(File.ReadAllText(Path.Combine(Checkout.Root, "services", "gateway", "appsettings.json"))).Max(m => Number(m.Groups["bytes"].Value));
        (Number(Of("proxy-body-size").TrimEnd('m')) * 1024 * 1024).ShouldBeGreaterThan(largest);
    }

    [Theory, MemberData(nameof(Overlays))]
    public void Everything_is_in_the_overlays_namespace(string overlay)
    {
        var rendered = Rendered.Overlay(overlay);
        var expected = overlay == "prod" ? "serm" : "serm-dev";
        rendered.Objects.Cast<k8s.IKubernetesObject<V1ObjectMeta>>().ShouldAllBe(o => o.Metadata.NamespaceProperty == expected);
        rendered.Custom.Count.ShouldBe(2);
        rendered.Custom.ShouldAllBe(c => c.Contains($"namespace: {expected}\n", StringComparison.Ordinal));
    }

    // What the service's code and the defaults ask of the configuration.
    private static IEnumerable<string> SettingsReadBy(string service)
    {
        var folders = new List<string> { service };
        folders.AddRange(service == "gateway" ? [] : ["defaults"]);
        return folders
            .SelectMany(f => Directory.EnumerateFiles(Path.Combine(Checkout.Root, "services", f), "*.cs", SearchOption.AllDirectories))
            .SelectMany(f => Setting().Matches(File.ReadAllText(f)))
            .Select(m => m.Groups["connection"].Success ? $"ConnectionStrings:{m.Groups["connection"].Value}" : m.Groups["key"].Value)
            .Distinct(StringComparer.Ordinal);
    }

    private static V1Container Container(V1Deployment deployment) => deployment.Spec.Template.Spec.Containers.Single();

    private static long Number(string text) => long.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static bool Matches(IDictionary<string, string> selector, IDictionary<string, string> labels) =>
        selector.All(s => labels.TryGetValue(s.Key, out var value) && value == s.Value);

    [GeneratedRegex("""GetConnectionString\("(?<connection>\w+)"\)|[cC]onfiguration\["(?<key>[\w:]+)"\]""", RegexOptions.ExplicitCapture)]
    private static partial Regex Setting();

    [GeneratedRegex(@"\$\((?<name>\w+)\)", RegexOptions.ExplicitCapture)]
    private static partial Regex Reference();

    [GeneratedRegex("\"MaxRequestBodySize\": (?<bytes>[0-9]+)", RegexOptions.ExplicitCapture)]
    private static partial Regex LargestBody();

    [GeneratedRegex("Maximum Pool Size=(?<size>[0-9]+)")]
    private static partial Regex PoolSize();

    [GeneratedRegex("max_connections: \"(?<most>[0-9]+)\"")]
    private static partial Regex MaxConnections();
}
