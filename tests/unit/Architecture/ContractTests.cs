using Serm.Contracts;

namespace Serm.Tests.Unit.Architecture;

public sealed class ContractTests
{
    private static readonly string File = Path.Combine(Code.Root, "tests", "unit", "Architecture", "contracts.txt");

    // SERM_UPDATE_DOCS=1 adds what is new. Nothing is ever taken out: an older service may still send it or wait for it.
    [Fact]
    public void Contracts_only_grow()
    {
        var now = Queues.All.Select(q => q.Message).SelectMany(t => Shapes.Parts(t).Prepend(t)).Distinct().SelectMany(Lines).Order(StringComparer.Ordinal).ToList();
        var known = System.IO.File.Exists(File) ? System.IO.File.ReadAllLines(File).ToList() : [];
        known.Except(now, StringComparer.Ordinal).ShouldBeEmpty("taken out of a contract, or changed: give the new shape a new name instead");
        if (Environment.GetEnvironmentVariable("SERM_UPDATE_DOCS") is "1")
        {
            System.IO.File.WriteAllLines(File, now);
            return;
        }

        now.Except(known, StringComparer.Ordinal).ShouldBeEmpty("new in a contract: run this test with SERM_UPDATE_DOCS=1 and commit the file");
    }

    [Fact]
    public void Nothing_that_was_added_later_is_required() => Queues.All.Select(q => q.Message.GetConstructors().Single().GetParameters().LastOrDefault(p => p.Name == "TraceParent"))
        .Where(p => p is not null)
        .ShouldAllBe(p => p!.HasDefaultValue);

    private static IEnumerable<string> Lines(Type type) => type.IsEnum
        ? Enum.GetNames(type).Select(n => $"{type.Name}.{n} = {Convert.ToInt32(Enum.Parse(type, n), System.Globalization.CultureInfo.InvariantCulture)}")
        : Shapes.Properties(type).Select(p => $"{type.Name}.{p.Name}: {p.Type}");
}
