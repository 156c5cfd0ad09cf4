using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace Serm.Defaults;

/// <summary>MassTransit on RabbitMQ as all services use it: quorum queues, batches, mandatory and confirmed publishing.</summary>
public static class Bus
{
    /// <summary>The longest that a publisher waits for the broker's confirms before it calls the broker down.</summary>
    public static readonly TimeSpan ConfirmTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Registers the bus.</summary>
    /// <param name="builder">The service's builder.</param>
    /// <param name="consumers">Adds the consumers: <c>x.AddConsumer&lt;T&gt;()</c>.</param>
    /// <param name="endpoints">Connects them: <c>bus.BatchQueue&lt;TConsumer, TMessage&gt;(context, Queues.X, ...)</c>.</param>
    /// <exception cref="InvalidOperationException"><c>ConnectionStrings:RabbitMq</c> is missing.</exception>
    public static void AddSermBus(
        this IHostApplicationBuilder builder,
        Action<IBusRegistrationConfigurator>? consumers = null,
        Action<IBusRegistrationContext, IRabbitMqBusFactoryConfigurator>? endpoints = null)
    {
        var address = new Uri(builder.Configuration.GetConnectionString("RabbitMq")
            ?? throw new InvalidOperationException("ConnectionStrings:RabbitMq is not set: give it as amqp://user:password@host:port/vhost."));
        builder.Services.AddSingleton(new ConnectionFactory
        {
            Uri = address,
            ClientProvidedName = builder.Environment.ApplicationName,
            RequestedConnectionTimeout = TimeSpan.FromSeconds(10),
        });
        builder.Services.AddHostedService<Topology>();
        builder.Services.AddMassTransit(x =>
        {
            x.SetKebabCaseEndpointNameFormatter();
            consumers?.Invoke(x);
            x.UsingRabbitMq((context, bus) =>
            {
                bus.Host(address);
                bus.ConfigurePublish(p => p.UseExecute(c =>
                {
                    if (c.TryGetPayload<RabbitMqSendContext>(out var send))
                    {
                        // A message that no queue takes comes back as an error instead of being lost in silence.
                        send.Mandatory = true;
                    }
                }));
                endpoints?.Invoke(context, bus);
            });
        });
    }

    /// <summary>Connects a batch consumer to its queue.</summary>
    /// <typeparam name="TConsumer">Consumes <c>Batch&lt;TMessage&gt;</c>.</typeparam>
    /// <typeparam name="TMessage">The contract.</typeparam>
    /// <param name="bus">The bus.</param>
    /// <param name="context">The registrations.</param>
    /// <param name="queue">One of <see cref="Contracts.Queues"/>.</param>
    /// <param name="size">Messages in a full batch.</param>
    /// <param name="wait">How long a batch waits to fill, from its first message.</param>
    /// <param name="concurrency">Batches handled at once.</param>
    public static void BatchQueue<TConsumer, TMessage>(
        this IRabbitMqBusFactoryConfigurator bus,
        IBusRegistrationContext context,
        string queue,
        int size,
        TimeSpan wait,
        int concurrency = 1)
        where TConsumer : class, IConsumer<Batch<TMessage>>
        where TMessage : class =>
        bus.ReceiveEndpoint(queue, e =>
        {
            // Topology has declared the queue and its bindings; the same arguments again, or the broker refuses.
            e.ConfigureConsumeTopology = false;

            // In place of the filters that publish a fault, which nobody listens to.
            e.PublishFaults = false;
            e.ConfigureError(x => x.UseFilter(new Parking(context.GetRequiredService<ConnectionFactory>(), queue, context.GetRequiredService<ILogger<Parking>>())));
            foreach (var (key, value) in Topology.QueueArguments(queue))
            {
                e.SetQueueArgument(key, value);
            }

            e.PrefetchCount = size * (concurrency + 1);
            e.ConcurrentMessageLimit = size * (concurrency + 1);
            e.ConfigureConsumer<TConsumer>(context, c => c.Options<BatchOptions>(o => o
                .SetMessageLimit(size)
                .SetTimeLimit(wait)
                .SetTimeLimitStart(BatchTimeLimitStart.FromFirst)
                .SetConcurrencyLimit(concurrency)));
        });

    /// <summary>Publishes many messages at once and waits for all of the broker's confirms.</summary>
    /// <typeparam name="T">The contract.</typeparam>
    /// <param name="publish">The bus; not a scoped endpoint inside a request.</param>
    /// <param name="messages">Each with the id by which a repeat is known.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="TimeoutException">The broker did not confirm within <see cref="ConfirmTimeout"/>. Some may have arrived: send all again.</exception>
    public static async Task PublishAllAsync<T>(this IPublishEndpoint publish, IEnumerable<(Guid MessageId, T Message)> messages, CancellationToken cancellationToken)
        where T : class
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(ConfirmTimeout);
        try
        {
            await Task.WhenAll(messages.Select(m => publish.Publish(m.Message, m.Message.GetType(), c => c.MessageId = m.MessageId, timeout.Token)));
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The broker did not confirm within {ConfirmTimeout.TotalSeconds:0} s.", e);
        }
    }
}
