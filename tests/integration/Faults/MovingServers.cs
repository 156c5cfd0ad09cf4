using Npgsql;
using RabbitMQ.Client;

namespace Serm.Tests.Integration.Faults;

/// <summary>The servers of an instance that is told another range of ports.</summary>
public sealed class MovingServers
{
    private const int Further = 20;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Servers_that_run_on_other_ports_than_asked_for_are_moved_with_their_data()
    {
        var table = $"moved_{Guid.CreateVersion7():N}";
        await ExecuteAsync(0, $"create table {table} (n int)");
        try
        {
            await ServerControl.StartAtAsync(ServerControl.Port + Further, Cancel);

            await ExecuteAsync(Further, $"drop table {table}");
            await using var broker = await new ConnectionFactory { Uri = Moved(Servers.RabbitMq) }.CreateConnectionAsync(Cancel);
            broker.IsOpen.ShouldBeTrue();
        }
        finally
        {
            await ServerControl.StartAsync(Cancel);
        }

        await ExecuteAsync(0, "select 1");
    }

    private static Uri Moved(string address)
    {
        var uri = new UriBuilder(address);
        uri.Port += Further;
        return uri.Uri;
    }

    private static async Task ExecuteAsync(int further, string sql)
    {
        var address = new NpgsqlConnectionStringBuilder(Servers.Postgres) { Pooling = false };
        address.Port += further;
        await using var connection = new NpgsqlConnection(address.ConnectionString);
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
