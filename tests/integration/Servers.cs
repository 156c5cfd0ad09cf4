namespace Serm.Tests.Integration;

/// <summary>The real servers that <c>./serm test</c> starts for this run.</summary>
internal static class Servers
{
    public static string Postgres { get; } = Required("SERM_TEST_POSTGRES");

    public static string RabbitMq { get; } = Required("SERM_TEST_RABBITMQ");

    private static string Required(string name) => Environment.GetEnvironmentVariable(name)
        ?? throw new InvalidOperationException($"{name} is not set. Run ./serm test integration, which starts the servers.");
}
