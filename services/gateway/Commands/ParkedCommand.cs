using System.Globalization;
using RabbitMQ.Client;
using Serm.Gateway.Audit;
using Serm.Gateway.Auth;
using Serm.Gateway.Parked;
using Serm.Gateway.Store;

namespace Serm.Gateway.Commands;

/// <summary><c>parked list</c>, <c>parked resend QUEUE</c> and <c>waiting</c>, for an operator without a key.</summary>
internal static class ParkedCommand
{
    /// <summary>Lists as tab-separated queue, count, age in seconds, error and message; or sends again and prints how many.</summary>
    /// <exception cref="FormatException">The arguments are neither.</exception>
    public static async Task RunAsync(string[] args, IConfiguration configuration, TextWriter output, CancellationToken cancellationToken)
    {
        var parked = Messages(configuration);
        switch (args)
        {
            case [] or ["list"]:
                foreach (var queue in (await parked.ListAsync(cancellationToken)).Where(q => q.Count > 0))
                {
                    await output.WriteLineAsync(string.Join('\t', queue.Queue, queue.Count, queue.First?.AgeSeconds, queue.First?.Error, queue.First?.Message?.ReplaceLineEndings(" ")));
                }

                break;
            case ["resend", var name, .. var rest] when Max(rest, out var max):
                var moved = await parked.ResendAsync(name, max, cancellationToken);
                await output.WriteLineAsync(moved.ToString(CultureInfo.InvariantCulture));
                await using (var database = Database.Open(configuration))
                {
                    // An operator is of no workspace: the admins of all read of it.
                    await new OwnChanges(database).AddResentAsync(null, name, moved, AccessChanges.CommandLine, TimeProvider.System.GetUtcNow(), cancellationToken);
                }

                break;
            default:
                throw new FormatException("Which one? parked list, or parked resend QUEUE [--max N].");
        }
    }

    /// <summary>Prints how many messages are in the queues, parked ones included: what the next start finds.</summary>
    /// <exception cref="FormatException">There are arguments.</exception>
    public static async Task CountAsync(string[] args, IConfiguration configuration, TextWriter output, CancellationToken cancellationToken)
    {
        if (args.Length > 0)
        {
            throw new FormatException($"Not understood: {args[0]}");
        }

        // Twice: what a process held that has just ended comes back to its queue a moment later.
        var messages = Messages(configuration);
        var total = await messages.TotalAsync(cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
        await output.WriteLineAsync(Math.Max(total, await messages.TotalAsync(cancellationToken)).ToString(CultureInfo.InvariantCulture));
    }

    private static ParkedMessages Messages(IConfiguration configuration)
    {
        var address = configuration.GetConnectionString("RabbitMq")
            ?? throw new InvalidOperationException("ConnectionStrings:RabbitMq is not set: give it as amqp://user:password@host:port/vhost.");
        return new ParkedMessages(new ConnectionFactory { Uri = new Uri(address), RequestedConnectionTimeout = TimeSpan.FromSeconds(10) }, TimeProvider.System);
    }

    private static bool Max(string[] rest, out int? max)
    {
        max = rest is ["--max", var text] && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        return rest.Length == 0 || max is not null;
    }
}
