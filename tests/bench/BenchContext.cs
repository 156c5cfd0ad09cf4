using Npgsql;
using Serm.Tests;

namespace Serm.Bench;

/// <summary>One measurement, by the name that it has on the command line.</summary>
internal sealed record Measurement(string Name, string About, Func<BenchContext, CancellationToken, Task> Run)
{
    /// <summary>When it is given up.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromMinutes(6);

    /// <summary>A part of another measurement: only by its name.</summary>
    public bool Part { get; init; }
}

/// <summary>What a measurement gets: the servers, the notebook for its figures, and its own stack.</summary>
internal sealed class BenchContext
{
    public static string Postgres { get; } = Required("SERM_TEST_POSTGRES");

    public static string RabbitMq { get; } = Required("SERM_TEST_RABBITMQ");

    // As ./serm starts the services.
    private static readonly Dictionary<string, string> AsOperated = new(StringComparer.Ordinal) { ["DOTNET_gcServer"] = "0", ["ASPNETCORE_ENVIRONMENT"] = "Production" };

    public List<Figure> Figures { get; } = [];

    public void Report(Figure figure)
    {
        Figures.Add(figure);
        Console.WriteLine($"  {figure.What}: {figure.Value}{(figure.ComparedWith.Length > 0 ? $" (beside: {figure.ComparedWith})" : "")}{(figure.Aim.Length > 0 ? $" - {figure.Aim}: {(figure.Met == true ? "met" : "NOT MET")}" : "")}");
    }

    /// <summary>A progress line that is no figure.</summary>
    public static void Say(string line) => Console.WriteLine("  . " + line);

    /// <summary>A stack of real services in a database of its own; <see cref="DropAsync"/> removes it.</summary>
    public static Task<Stack> StackAsync(CancellationToken cancellationToken, IReadOnlyDictionary<string, string>? extra = null) =>
        Stack.CreateAsync(Postgres, RabbitMq, AsOperated.Concat(extra ?? new Dictionary<string, string>(StringComparer.Ordinal)).ToDictionary(StringComparer.Ordinal), cancellationToken);

    /// <summary>Stops a stack and drops its database.</summary>
    public static async Task DropAsync(Stack stack)
    {
        await stack.DisposeAsync();
        await using var source = NpgsqlDataSource.Create(Postgres);
        await using var drop = source.CreateCommand($"drop database if exists {new NpgsqlConnectionStringBuilder(stack.Postgres).Database} with (force)");
        drop.CommandTimeout = 120;
        await drop.ExecuteNonQueryAsync();
    }

    private static string Required(string name) => Environment.GetEnvironmentVariable(name)
        ?? throw new InvalidOperationException($"{name} is not set. Run ./serm bench, which starts the servers.");
}
