using System.Diagnostics.Metrics;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Serm.Defaults;
using Serm.Gateway.Audit;
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
            .WithDescription("Every queue with the number of messages put aside and the cause of the first one. They belong to the installation, not to a workspace.");
        group.MapPost("/{queue}/resend", ResendAsync).WithName("ResendParked").WithSummary("Handle parked messages again")
            .WithDescription("Oldest first. A message leaves the parked queue only once the broker has confirmed its copy: none is lost, one may come twice, which every consumer tolerates.")
            .AddOpenApiOperationTransformer(DescribeBodyAsync);
    }

    private static async Task<Ok<IReadOnlyList<ParkedQueue>>> ListAsync(ParkedMessages parked, CancellationToken cancellationToken) =>
        TypedResults.Ok(await parked.ListAsync(cancellationToken));

    private static async Task<Ok<Resent>> ResendAsync(
        string queue, HttpRequest request, ClaimsPrincipal admin, ParkedMessages parked, OwnChanges changes, TimeProvider clock, CancellationToken cancellationToken)
    {
        var moved = await parked.ResendAsync(queue, (await BodyAsync(request, cancellationToken))?.Max, cancellationToken);
        var caller = admin.Caller();

        // They are sent, whether who asked still listens or not.
        await changes.AddResentAsync(caller.Workspace, queue, moved, caller.User, clock.GetUtcNow(), CancellationToken.None);
        return TypedResults.Ok(new Resent(moved));
    }

    // By hand: a bound body would make a call without one miss this endpoint, as the page for unknown paths takes those.
    private static async Task<Resend?> BodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != true)
        {
            return null;
        }

        try
        {
            return await request.ReadFromJsonAsync<Resend>(cancellationToken);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new BadHttpRequestException("The body is JSON such as {\"max\": 100}, or left out.", e);
        }
    }

    private static Task DescribeBodyAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        operation.RequestBody = new OpenApiRequestBody
        {
            Description = "How many, from the oldest on; all that wait now when it is left out",
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                ["application/json"] = new()
                {
                    Schema = new OpenApiSchema
                    {
                        Type = JsonSchemaType.Object,
                        Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal) { ["max"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1" } },
                    },
                },
            },
        };
        return Task.CompletedTask;
    }
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
