using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Tests;

/// <summary>Serm as it runs: its processes on real PostgreSQL and RabbitMQ, in a database of its own. One stack at a time on a broker: the queues' names are fixed.</summary>
public sealed class Stack : IAsyncDisposable
{
    /// <summary>The internal key of all stacks.</summary>
    public const string InternalKey = "an-internal-key-for-tests-only-0123456789";

    /// <summary>What all stacks seal their secrets with.</summary>
    public const string DataKey = "a-data-key-for-tests-only-0123456789";

    private readonly Dictionary<string, ServiceProcess> services = new(StringComparer.Ordinal);

    private IReadOnlyDictionary<string, string> settings = new Dictionary<string, string>(StringComparer.Ordinal);

    private Stack(string postgres, string rabbitMq, string folder)
    {
        Postgres = postgres;
        RabbitMq = rabbitMq;
        Folder = folder;
    }

    /// <summary>Connection string of the stack's own database.</summary>
    public string Postgres { get; }

    public string RabbitMq { get; }

    /// <summary>Where the logs are.</summary>
    public string Folder { get; }

    public ServiceProcess Ingest => services["Serm.Ingest"];

    public ServiceProcess Sentiment => services["Serm.Sentiment"];

    public ServiceProcess Mentions => services["Serm.Mentions"];

    public ServiceProcess Alerts => services["Serm.Alerts"];

    public ServiceProcess Gateway => services["Serm.Gateway"];

    public IEnumerable<ServiceProcess> All => services.Values;

    /// <summary>A service by its short name, such as <c>Ingest</c>.</summary>
    public ServiceProcess this[string service] => services[$"Serm.{service}"];

    /// <summary>Makes a database, empties the queues and prepares the processes; <see cref="StartAsync"/> starts them.</summary>
    /// <param name="postgres">Connection string of any database of the server.</param>
    /// <param name="rabbitMq">amqp address.</param>
    /// <param name="extra">Further environment of all processes.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<Stack> CreateAsync(string postgres, string rabbitMq, IReadOnlyDictionary<string, string>? extra = null, CancellationToken cancellationToken = default)
    {
        var database = $"serm_test_{Guid.CreateVersion7():N}";
        await using (var source = NpgsqlDataSource.Create(postgres))
        await using (var create = source.CreateCommand($"create database {database}"))
        {
            await create.ExecuteNonQueryAsync(cancellationToken);
        }

        await EmptyQueuesAsync(rabbitMq, cancellationToken);
        var own = new NpgsqlConnectionStringBuilder(postgres) { Database = database, MaxPoolSize = 30 }.ConnectionString;
        var folder = Path.Combine(Repository.Root, "artifacts", "test-logs", database);
        Directory.CreateDirectory(folder);
        var stack = new Stack(own, rabbitMq, folder);
        var ports = new[] { "Ingest", "Sentiment", "Mentions", "Alerts" }.ToDictionary(n => n, _ => ServiceProcess.FreePort(), StringComparer.Ordinal);
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ConnectionStrings__Postgres"] = own,
            ["ConnectionStrings__RabbitMq"] = rabbitMq,
            ["Serm__InternalKey"] = InternalKey,
            ["Serm__DataKey"] = DataKey,
            ["Serm__AllowHosts"] = "127.0.0.1,localhost",
            ["Logging__LogLevel__Microsoft.AspNetCore"] = "Warning",
        };
        foreach (var (name, port) in ports)
        {
            environment[$"Services__{name}"] = $"http://127.0.0.1:{port}";
        }

        foreach (var (key, value) in extra ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            environment[key] = value;
        }

        stack.settings = environment;
        foreach (var (name, port) in ports)
        {
            stack.services[$"Serm.{name}"] = new ServiceProcess($"Serm.{name}", environment, folder, port);
        }

        stack.services["Serm.Gateway"] = new ServiceProcess("Serm.Gateway", environment, folder);
        return stack;
    }

    /// <summary>One more process of a service, by its short name; the others do not know its address.</summary>
    public ServiceProcess Replica(string service) => new($"Serm.{service}", settings, Path.Combine(Folder, "replica"));

    /// <summary>Starts the named services, or all, and waits until they are ready.</summary>
    public async Task StartAsync(CancellationToken cancellationToken, params string[] names)
    {
        var chosen = services.Values.Where(s => names.Length == 0 || names.Contains(s.Name["Serm.".Length..], StringComparer.OrdinalIgnoreCase)).ToList();
        foreach (var service in chosen)
        {
            service.Start();
        }

        await Task.WhenAll(chosen.Select(s => s.ReadyAsync(TimeSpan.FromSeconds(180), cancellationToken)));
    }

    /// <summary>A request straight to a service, as the gateway would send it.</summary>
    public static HttpRequestMessage Request(HttpMethod method, string path, string workspace = "main", string user = "tester", Role role = Role.Admin)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Add(Caller.InternalHeader, InternalKey);
        request.Headers.Add(Caller.WorkspaceHeader, workspace);
        request.Headers.Add(Caller.UserHeader, Uri.EscapeDataString(user));
        request.Headers.Add(Caller.RoleHeader, role.ToString());
        return request;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in services.Values)
        {
            await service.DisposeAsync();
        }
    }

    private static async Task EmptyQueuesAsync(string rabbitMq, CancellationToken cancellationToken)
    {
        var factory = new ConnectionFactory { Uri = new Uri(rabbitMq) };
        await using var connection = await factory.CreateConnectionAsync(cancellationToken);
        foreach (var queue in Queues.All.Select(q => q.Queue).SelectMany(q => new[] { q, q + Topology.ParkedSuffix }))
        {
            await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
            try
            {
                await channel.QueuePurgeAsync(queue, cancellationToken);
            }
            catch (OperationInterruptedException)
            {
                // Not declared yet: nothing to empty.
            }
        }
    }
}
