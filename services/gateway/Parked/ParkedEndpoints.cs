using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http.HttpResults;
using Serm.Defaults;
using Serm.Gateway.Auth;

namespace Serm.Gateway.Parked;

/// <summary>Admins look at parked messages and send them again once the cause is gone.</summary>
internal static class ParkedEndpoints
{
    public static void AddParked(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ParkedMessages>();
        builder.Services.AddHostedService<ParkedGauge>();
    }

    public static void MapParked(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/parked").WithTags("Parked").RequireAuthorization(Access.Admin);
        group.MapGet("", ListAsync).WithName("ListParked").WithSummary("Messages that could not be handled")
            .WithDescription("Every queue with the number of messages put aside and the cause of the one that has waited longest. They belong to the installation, not to a workspace.");
        group.MapPost("/{queue}/resend", ResendAsync).WithName("ResendParked").WithSummary("Handle parked messages again")
            .WithDescription("Oldest first. A message leaves the parked queue only once the broker has confirmed its copy: none is lost, one may come twice, which every consumer tolerates.");
    }

    private static async Task<Ok<IReadOnlyList<ParkedQueue>>> ListAsync(ParkedMessages parked, CancellationToken cancellationToken) =>
        TypedResults.Ok(await parked.ListAsync(cancellationToken));

    private static async Task<Ok<Resent>> ResendAsync(string queue, Resend? body, ParkedMessages parked, CancellationToken cancellationToken) =>
        TypedResults.Ok(new Resent(await parked.ResendAsync(queue, body?.Max, cancellationToken)));
}

/// <summary>Keeps <c>serm_parked_messages{queue}</c> up to date: what an operator's alarm looks at.</summary>
internal sealed partial class ParkedGauge(ParkedMessages parked, TimeProvider clock, ILogger<ParkedGauge> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    private static readonly Gauge<long> Waiting = Telemetry.Meter.CreateGauge<long>("serm.parked_messages", description: "Messages put aside that wait to be looked at");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        do
        {
            try
            {
                foreach (var (queue, count) in await parked.CountAsync(stoppingToken))
                {
                    Waiting.Record(count, new KeyValuePair<string, object?>("queue", queue));
                }
            }
            catch (Exception e) when (Transient.Is(e) && !stoppingToken.IsCancellationRequested)
            {
                LogNotCounted(log, e.GetType().Name);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(EventId = 231, Level = LogLevel.Warning, Message = "Parked messages cannot be counted now ({Error})")]
    private static partial void LogNotCounted(ILogger log, string error);
}
