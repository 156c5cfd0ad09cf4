using System.Text.RegularExpressions;
using System.Xml.Linq;
using MassTransit;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Tests.Unit.Architecture;

public sealed partial class BoundaryTests
{
    [Theory]
    [InlineData("alerts")]
    [InlineData("gateway")]
    [InlineData("ingest")]
    [InlineData("mentions")]
    [InlineData("sentiment")]
    public void A_service_references_no_other_service(string service) =>
        References(service).ShouldBeSubsetOf(["Serm.Contracts", "Serm.Defaults", "Serm.Language"]);

    [Fact]
    public void The_shared_projects_reference_nothing_above_them()
    {
        References("contracts").ShouldBeEmpty();
        Code.Project("contracts").Descendants("PackageReference").ShouldBeEmpty();
        References("language").ShouldBeEmpty();
        References("defaults").ShouldBeSubsetOf(["Serm.Contracts", "Patched.DistributedLock.Postgres"]);
    }

    [Fact]
    public void The_defaults_know_no_words_of_the_domain()
    {
        // Queues and the types of their contracts are declared for all services by Topology: that is all it knows of them.
        Code.Defaults.GetTypes().Select(t => t.FullName!).Where(n => DomainWord().IsMatch(n)).ShouldBeEmpty();
        Code.Defaults.GetTypes().SelectMany(t => t.GetProperties().Select(p => p.PropertyType).Concat(t.GetMethods().SelectMany(m => m.GetParameters()).Select(p => p.ParameterType)))
            .Where(t => t.Assembly == Code.Contracts).ShouldBeEmpty();
    }

    [Fact]
    public void Every_queue_is_consumed_by_exactly_the_service_that_it_is_named_after()
    {
        var names = typeof(Queues).GetFields().Where(f => f.IsLiteral).ToDictionary(f => f.Name, f => (string)f.GetRawConstantValue()!, StringComparer.Ordinal);
        var consumed = Code.Services
            .SelectMany(s => BatchQueue().Matches(Code.Text(s)).Select(m => (Service: s, Message: Contract(m.Groups["message"].Value), Queue: names[m.Groups["queue"].Value])))
            .OrderBy(c => c.Queue, StringComparer.Ordinal);
        consumed.ShouldBe(Queues.All.Select(q => (q.Queue.Split('.')[0], q.Message.Name, q.Queue)).OrderBy(q => q.Queue, StringComparer.Ordinal));

        // A view stands for the contract that it reads.
        static string Contract(string message) => Code.ServiceAssemblies.SelectMany(a => a.GetTypes()).FirstOrDefault(t => t.Name == message && t.GetProperty("Contract")?.GetMethod?.IsStatic == true) is { } view
            ? BulkReader.Contract(typeof(Bulk<>).MakeGenericType(view))!.Name
            : message;
    }

    [Fact]
    public void Consumers_take_contracts_in_batches()
    {
        var consumed = Code.ServiceAssemblies.SelectMany(a => a.GetTypes())
            .SelectMany(t => t.GetInterfaces())
            .Where(i => i.IsGenericType && (i.GetGenericTypeDefinition() == typeof(IConsumer<>) || i.GetGenericTypeDefinition() == typeof(IBatchConsumer<>)))
            .ToList();
        consumed.ShouldNotBeEmpty();
        consumed.ShouldAllBe(i => i.GetGenericTypeDefinition() == typeof(IBatchConsumer<>) && BulkReader.Contract(typeof(Bulk<>).MakeGenericType(i.GetGenericArguments()[0]))!.Assembly == Code.Contracts);
    }

    [Fact]
    public void MassTransit_stays_below_the_paid_version() => typeof(IBus).Assembly.GetName().Version!.Major.ShouldBe(8);

    [Fact]
    public void Every_service_has_health_telemetry_and_errors()
    {
        foreach (var service in Code.Services)
        {
            var program = File.ReadAllText(Path.Combine(Code.Root, "services", service, "Program.cs"));
            program.ShouldContain($"AddSermDefaults(\"{service}\")", Case.Sensitive);
            program.ShouldContain("app.UseSermDefaults(", Case.Sensitive);
        }
    }

    [Fact]
    public void Time_comes_in_as_data()
    {
        var banned = File.ReadAllText(Path.Combine(Code.Root, "BannedSymbols.txt"));
        foreach (var symbol in new[] { "P:System.DateTime.Now", "P:System.DateTime.UtcNow", "P:System.DateTimeOffset.Now", "P:System.DateTimeOffset.UtcNow", "M:System.Guid.NewGuid" })
        {
            banned.ShouldContain(symbol + ";", Case.Sensitive);
        }

        Code.Services.Concat(["contracts", "defaults", "language"]).SelectMany(Code.Files).Where(f => File.ReadAllText(f).Contains("disable RS0030", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void What_is_public_says_what_it_is()
    {
        var silent = Code.ServiceAssemblies.Append(Code.Contracts).Append(Code.Defaults).SelectMany(a =>
        {
            var said = XDocument.Load(Path.ChangeExtension(a.Location, ".xml")).Descendants("member").Where(m => m.Element("summary") is not null).Select(m => (string)m.Attribute("name")!).ToHashSet(StringComparer.Ordinal);
            return a.GetExportedTypes()
                .Where(t => t.Name is not "Program" && !t.Name.StartsWith('_') && !typeof(Microsoft.AspNetCore.Components.IComponent).IsAssignableFrom(t) && t.Namespace?.StartsWith("Serm", StringComparison.Ordinal) == true)
                .Where(t => !said.Contains($"T:{t.FullName!.Replace('+', '.')}"))
                .Select(t => t.FullName!);
        });
        silent.ShouldBeEmpty();
    }

    private static IEnumerable<string> References(string folder) => Code.Project(folder).Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(((string)r.Attribute("Include")!).Replace('\\', '/')));

    [GeneratedRegex(@"BatchQueue<\w+, (?<message>\w+)>\(\s*context,\s*Queues\.(?<queue>\w+)", RegexOptions.None, 5000)]
    private static partial Regex BatchQueue();

    [GeneratedRegex("Mention|Brand|Sentiment|Alert|Inbox|Triage|Feed", RegexOptions.None, 1000)]
    private static partial Regex DomainWord();
}
