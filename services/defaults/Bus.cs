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

    // Bulks, not messages: what one process holds of a queue, with room for the next batch.
    private const int Prefetch = 200;

    /// <summary>Registers the bus.</summary>
    /// <param name="builder">The service's builder.</param>
    /// <param name="endpoints">Connects the consumers: <c>bus.BatchQueue&lt;TConsumer, TMessage&gt;(context, Queues.X, ...)</c>.</param>
    /// <exception cref="InvalidOperationException"><c>ConnectionStrings:RabbitMq</c> is missing.</exception>
    public static void AddSermBus(this IHostApplicationBuilder builder, Action<IBusRegistrationContext, IRabbitMqBusFactoryConfigurator>? endpoints = null)
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
            x.UsingRabbitMq((context, bus) =>
            {
                bus.Host(address);
                bus.UseSermConventions();
                endpoints?.Invoke(context, bus);
            });
        });
    }

    /// <summary>What every process on the bus has to agree on: a bulk goes to the exchange of its contract, and to a queue or back.</summary>
    public static void UseSermConventions(this IRabbitMqBusFactoryConfigurator bus)
    {
        var wire = new BulkWire();
        bus.AddSerializer(wire);
        bus.AddDeserializer(wire);
        bus.MessageTopology.SetEntityNameFormatter(new BulkNames(bus.MessageTopology.EntityNameFormatter));
        bus.ConfigurePublish(p => p.UseExecute(c =>
        {
            if (c.TryGetPayload<RabbitMqSendContext>(out var send))
            {
                // A message that no queue takes comes back as an error instead of being lost in silence.
                send.Mandatory = true;
            }
        }));
    }

    /// <summary>Connects a consumer to its queue.</summary>
    /// <typeparam name="TConsumer">Made once, from the registered services, when the first message comes.</typeparam>
    /// <typeparam name="TMessage">The contract.</typeparam>
    /// <param name="bus">The bus.</param>
    /// <param name="context">The registrations.</param>
    /// <param name="queue">One of <see cref="Contracts.Queues"/>.</param>
    /// <param name="size">Messages in a full batch.</param>
    /// <param name="pace">The least time between the beginnings of two batches: a lone message is handled at once, many wait so long for each other.</param>
    /// <param name="concurrency">Batches handled at once.</param>
    /// <param name="age">How long after it was sent a message is handled at the earliest; at once when left out.</param>
    /// <param name="inHand">KiB of bodies that are read before they are handled: room for the batches at work and for the next.</param>
    public static void BatchQueue<TConsumer, TMessage>(
        this IRabbitMqBusFactoryConfigurator bus,
        IBusRegistrationContext context,
        string queue,
        int size,
        TimeSpan pace,
        int concurrency = 1,
        TimeSpan age = default,
        int inHand = 4096)
        where TConsumer : class, IBatchConsumer<TMessage>
        where TMessage : class =>
        bus.ReceiveEndpoint(queue, e =>
        {
            // Topology has declared the queue and its bindings; the same arguments again, or the broker refuses.
            e.ConfigureConsumeTopology = false;

            // In place of the filters that publish a fault, which nobody listens to.
            e.PublishFaults = false;
            var parking = new Parking(context.GetRequiredService<ConnectionFactory>(), queue, context.GetRequiredService<TimeProvider>(), context.GetRequiredService<ILogger<Parking>>());
            e.ConfigureError(x => x.UseFilter(parking));
            e.ConfigureDeadLetter(x => x.UseFilter(parking));
            foreach (var (key, value) in Topology.QueueArguments(queue))
            {
                e.SetQueueArgument(key, value);
            }

            e.PrefetchCount = Prefetch;
            e.ConcurrentMessageLimit = Prefetch;
            e.ConfigureReceive(r => r.UseFilter(new InHand(inHand)));

            // Made with the first message: a consumer may need the store, whose relays need this bus.
            var consumer = new Lazy<IBatchConsumer<TMessage>>(() => ActivatorUtilities.CreateInstance<TConsumer>(context));
            var handling = new BatchHandling<TMessage>(consumer, queue, context.GetRequiredService<ILoggerFactory>().CreateLogger<TConsumer>());
            e.Instance(new BatchCollector<TMessage>(handling, new(size, pace, concurrency, age), queue, context.GetRequiredService<TimeProvider>()));
        });

    /// <summary>Publishes messages, packed into bulks of one contract each, and waits for all of the broker's confirms.</summary>
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
            // A confirm that went with its connection may never come: then the wait does not hear the token either.
            await Task.WhenAll(Packing.Pack(messages).Select(b => publish.Publish(b.Bulk, b.Bulk.GetType(), c => c.MessageId = b.Id, timeout.Token))).WaitAsync(timeout.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The broker did not confirm within {ConfirmTimeout.TotalSeconds:0} s.", e);
        }
    }

    private sealed class BulkNames(IEntityNameFormatter others) : IEntityNameFormatter
    {
        public string FormatEntityName<T>() => typeof(T).IsGenericType && typeof(T).GetGenericTypeDefinition() == typeof(Bulk<>)
            ? Topology.ExchangeOf(typeof(T).GetGenericArguments()[0])
            : others.FormatEntityName<T>();
    }
}
