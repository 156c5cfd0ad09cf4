using System.Text.Json;

namespace Serm.Ingest.Connectors.Meta;

/// <summary>Where reading a hashtag stands.</summary>
internal sealed record HashtagState
{
    /// <summary>The hashtag's number.</summary>
    public string? Id { get; init; }

    /// <summary>Until when asking for it costs nothing of the budget.</summary>
    public DateTimeOffset PaidUntil { get; init; }

    /// <summary>Since when the budget has kept it from being read; null when it does not.</summary>
    public DateTimeOffset? HeldSince { get; init; }

    /// <summary>The pass over its posts.</summary>
    public Sweep Sweep { get; init; } = new();
}

/// <summary>Posts of a hashtag. The first question for a hashtag in seven days is charged to the account's budget; further ones are free. One that the budget holds keeps no other lane waiting, and the time it was not seen is told as missed.</summary>
internal static class Hashtags
{
    /// <summary>Name of the budget.</summary>
    public const string Budget = "hashtags in 7 days";

    private const string Reason = "hashtag_budget";
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(10);

    // Instagram lists the posts of the last day.
    private static readonly TimeSpan Listed = TimeSpan.FromDays(1);

    /// <summary>What is no hashtag costs nothing of it.</summary>
    public static readonly IReadOnlyDictionary<string, decimal> Free = new Dictionary<string, decimal>(StringComparer.Ordinal) { [Budget] = 0 };

    /// <summary>The budget.</summary>
    public static RateLimit Limit(InstagramOptions options) => new(Budget, options.HashtagsPerWeek, TimeSpan.FromDays(7));

    /// <summary>Reads a page, or finds out the hashtag's number.</summary>
    public static async Task<(Page Page, HashtagState After, bool More)> ReadAsync(Reading reading, InstagramOptions options, string tag, HashtagState state, CancellationToken stop)
    {
        if (state.Id is null || reading.Now >= state.PaidUntil)
        {
            return await FindAsync(reading, options, tag, state, stop);
        }

        var answer = await Graph.GetAsync(reading, options, $"{state.Id}/recent_media?user_id={options.Account}&limit=50&fields={InstagramPosts.HashtagFields}{Graph.At(state.Sweep.Next)}", new($"#{tag}", Free), stop);
        var media = answer.Items("data").ToList();
        var (sweep, more) = state.Sweep.After(media.Select(m => m.Time("timestamp")), Graph.After(answer), state.Sweep.Floor(Overlap, reading.Now - Listed));
        return (new([.. media.Select(m => InstagramPosts.Media(m, InstagramPosts.Others, reading.Now)).OfType<NetworkPost>()], null), state with { Sweep = sweep }, more);
    }

    private static async Task<(Page Page, HashtagState After, bool More)> FindAsync(Reading reading, InstagramOptions options, string tag, HashtagState state, CancellationToken stop)
    {
        // The same hashtag is charged once in seven days, also one that is not known, or whose answer did not come.
        var paid = reading.Now < state.PaidUntil;
        var until = paid ? state.PaidUntil : Limit(options).CountsUntil(reading.Now);
        JsonElement answer;
        try
        {
            answer = await Graph.GetAsync(reading, options, $"ig_hashtag_search?user_id={options.Account}&q={Uri.EscapeDataString(tag)}", new($"#{tag}", paid ? Free : null), stop);
        }
        catch (NetworkFailure failure) when (failure.Limit == Budget || failure.Code == Graph.HashtagsUsed)
        {
            // Told once a day: a hashtag that is never read shows as blind.
            var told = state.HeldSince is { } held && held <= reading.Now - Listed;
            var blind = told ? new MissedTime(state.HeldSince!.Value, reading.Now, Reason) : null;
            return (Page.Nothing() with { Hints = new(Missed: blind) }, state with { Id = null, HeldSince = told ? reading.Now : state.HeldSince ?? reading.Now }, false);
        }
        catch (NetworkFailure failure) when (failure.Code == Graph.Gone)
        {
            // Nobody has used it yet.
            return (Page.Nothing(), state with { Id = null, PaidUntil = until, HeldSince = null }, false);
        }
        catch (NetworkFailure failure) when (!failure.HeldBack && !paid)
        {
            await reading.Http.SettleAsync(Budget, $"#{tag}", -1, stop);
            throw;
        }

        var missed = state.HeldSince is { } since && since < reading.Now - Listed ? new MissedTime(since, reading.Now - Listed, Reason) : null;
        var found = state with { Id = answer.Items("data").Select(h => h.Text("id")).FirstOrDefault(), PaidUntil = until, HeldSince = null };
        return (Page.Nothing() with { Hints = new(Missed: missed) }, found, found.Id is not null);
    }
}
