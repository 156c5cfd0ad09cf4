using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Claims;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace Serm.Gateway.Auth;

/// <summary>A token bucket.</summary>
internal sealed class BucketOptions
{
    /// <summary>Requests a second in the long run.</summary>
    [Range(1, 1_000_000)]
    public int PerSecond { get; set; }

    /// <summary>Requests at once after a pause.</summary>
    [Range(1, 1_000_000)]
    public int Burst { get; set; }
}

/// <summary>How many requests each caller has (<c>RateLimits</c>). They hold in each replica.</summary>
internal sealed class RateLimitOptions
{
    /// <summary>For each key or user, everything but <c>POST /api/ingest</c>.</summary>
    [ValidateObjectMembers]
    public BucketOptions Api { get; set; } = new() { PerSecond = 200, Burst = 600 };

    /// <summary>For each key, <c>POST /api/ingest</c>: a request carries up to 500 posts.</summary>
    [ValidateObjectMembers]
    public BucketOptions Ingest { get; set; } = new() { PerSecond = 5_000, Burst = 10_000 };

    /// <summary>For each address (<see cref="Addresses"/>) without a valid key or session.</summary>
    [ValidateObjectMembers]
    public BucketOptions Anonymous { get; set; } = new() { PerSecond = 10, Burst = 60 };

    /// <summary>For each address, calls of networks at <c>/hooks</c>.</summary>
    [ValidateObjectMembers]
    public BucketOptions Hooks { get; set; } = new() { PerSecond = 50, Burst = 300 };

    /// <summary>Calls at <c>/hooks</c> under way at once, of all addresses.</summary>
    [Range(1, 100_000)]
    public int HooksAtOnce { get; set; } = 64;

    /// <summary>For each address that signs in.</summary>
    [ValidateObjectMembers]
    public BucketOptions SignIn { get; set; } = new() { PerSecond = 2, Burst = 20 };
}

[OptionsValidator]
internal sealed partial class RateLimitOptionsValidator : IValidateOptions<RateLimitOptions>;

/// <summary>Token buckets for each key, user and address, by the framework's rate limiter.</summary>
internal static class RateLimits
{
    /// <summary>The policy of endpoints that check a password.</summary>
    public const string SignIn = "sign-in";

    public static void AddRateLimits(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IValidateOptions<RateLimitOptions>, RateLimitOptionsValidator>();
        builder.Services.AddOptions<RateLimitOptions>().BindConfiguration("RateLimits").ValidateOnStart();
        builder.Services.AddRateLimiter(_ => { });
        builder.Services.AddOptions<RateLimiterOptions>().Configure<IOptions<RateLimitOptions>>((o, limits) =>
        {
            o.GlobalLimiter = PartitionedRateLimiter.CreateChained(
                PartitionedRateLimiter.Create<HttpContext, string>(c => Partition(c, limits.Value)),
                PartitionedRateLimiter.Create<HttpContext, string>(c => AtOnce(c, limits.Value)));
            o.AddPolicy(SignIn, c => Bucket($"s:{Address(c)}", limits.Value.SignIn));
            o.OnRejected = RejectAsync;
        });
    }

    internal static RateLimitPartition<string> Partition(HttpContext context, RateLimitOptions limits)
    {
        if (IsHook(context))
        {
            return Bucket($"h:{Address(context)}", limits.Hooks);
        }

        if (!Refusals.IsApi(context))
        {
            return RateLimitPartition.GetNoLimiter("");
        }

        if (context.User.FindFirstValue(ClaimTypes.NameIdentifier) is not { } id)
        {
            return Bucket($"a:{Address(context)}", limits.Anonymous);
        }

        return context.Request.Path.StartsWithSegments("/api/ingest", StringComparison.OrdinalIgnoreCase)
            ? Bucket($"i:{id}", limits.Ingest)
            : Bucket($"k:{id}", limits.Api);
    }

    // Anybody may call a hook with a body of megabytes, and take long over it.
    internal static RateLimitPartition<string> AtOnce(HttpContext context, RateLimitOptions limits) => IsHook(context)
        ? RateLimitPartition.GetConcurrencyLimiter("h", _ => new ConcurrencyLimiterOptions { PermitLimit = limits.HooksAtOnce, QueueLimit = 0 })
        : RateLimitPartition.GetNoLimiter("");

    private static bool IsHook(HttpContext context) => context.Request.Path.StartsWithSegments("/hooks", StringComparison.OrdinalIgnoreCase);

    private static string Address(HttpContext context) => Addresses.Subject(context.Connection.RemoteIpAddress);

    private static RateLimitPartition<string> Bucket(string key, BucketOptions bucket) => RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
    {
        // Ten refills a second: a steady caller never waits a whole second for its next token.
        TokensPerPeriod = Math.Max(1, bucket.PerSecond / 10),
        ReplenishmentPeriod = TimeSpan.FromSeconds(bucket.PerSecond >= 10 ? 0.1 : 1.0 / bucket.PerSecond),
        TokenLimit = bucket.Burst,
        QueueLimit = 0,
    });

    private static async ValueTask RejectAsync(OnRejectedContext context, CancellationToken cancellationToken)
    {
        var wait = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? Math.Max(1, (int)Math.Ceiling(after.TotalSeconds)) : 1;
        var response = context.HttpContext.Response;
        response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
        await Problems.WriteAsync(
            context.HttpContext,
            StatusCodes.Status429TooManyRequests,
            "rate_limited",
            $"Too many requests. Wait {wait} s, and send fewer at once; POST /api/ingest takes up to 500 posts a call.");
    }
}
