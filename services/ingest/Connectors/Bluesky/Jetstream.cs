using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Serm.Ingest.Connectors.Bluesky;

/// <summary>Where the stream stands.</summary>
internal sealed record JetstreamState
{
    /// <summary>The last event that is safe: microseconds since 1970 in v1, the server's own numbering in v2. Values from 1e15 are of v1.</summary>
    public long Cursor { get; init; }

    /// <summary>When that event happened.</summary>
    public DateTimeOffset? At { get; init; }
}

/// <summary>Jetstream: all records of the network as JSON over a web socket. v1 clamps a cursor that is too old in silence, so that what was missed is reckoned from the clock; v2 refuses it.</summary>
internal static class Jetstream
{
    private const int Largest = 1_000;
    private const string TooOld = "cursor_too_old";

    // An empty batch is 20 seconds of silence.
    private const int MostSilent = 9;
    private const long FirstOfV1 = 1_000_000_000_000_000;

    // Cursors are the server's own: another server behind the same name may be somewhat behind.
    private static readonly TimeSpan Rewind = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Near = TimeSpan.FromMinutes(1);

    /// <summary>Listens from where the state stands.</summary>
    public static async IAsyncEnumerable<Page> ListenAsync(Reading reading, BlueskyOptions options, [EnumeratorCancellation] CancellationToken stop)
    {
        var state = reading.StateAs<JetstreamState>();
        var v2 = options.Protocol == "v2";
        var refused = false;
        var cursor = CursorOf(state, v2);
        var missed = Missed(state, options, reading.Now);
        cursor = v2 && missed is not null ? null : cursor;
        await reading.Http.TakeAsync(new("stream"), stop);
        await using var stream = HeardAsync(reading.Http.ListenAsync(Url(options, v2, cursor), Largest, stop), new Uri(options.Jetstream).Host, stop).GetAsyncEnumerator(stop);
        while (await NextAsync() is { } batch)
        {
            var events = batch.Select(m => v2 ? OfV2(m) : OfV1(m)).OfType<Event>().ToList();
            state = events.Count == 0 ? state : new() { Cursor = events.Max(e => e.Cursor), At = events.Max(e => e.At) };
            yield return new([.. events.Select(e => e.Post).OfType<NetworkPost>()], events.Count == 0 ? null : Reading.Write(state))
            {
                Everything = true,
                Removed = [.. events.Where(e => e.Gone is not null).Select(e => new RemovedPost(e.Gone!, e.At))],

                // What happened well before the stream was opened is still being made up for.
                More = batch.Count > 0 && state.At < reading.Now - Near,
                Hints = new(Missed: missed),
            };
            missed = null;
        }

        if (refused)
        {
            // Opened again from now on.
            yield return Page.Nothing(Reading.Write(new JetstreamState())) with { Hints = new(Missed: new(state.At ?? reading.Source.CreatedAt, reading.Now, TooOld)) };
        }

        async Task<IReadOnlyList<JsonElement>?> NextAsync()
        {
            try
            {
                return await stream.MoveNextAsync() ? stream.Current : null;
            }
            catch (NetworkFailure e) when (e.Code == "http_400" && v2 && cursor is not null)
            {
                refused = true;
                return null;
            }
        }
    }

    /// <summary>What comes, as long as something does. The stream of everything is never silent: a server that only keeps the connection open has lost what it tells.</summary>
    /// <exception cref="NetworkFailure">Nothing came for minutes.</exception>
    public static async IAsyncEnumerable<IReadOnlyList<JsonElement>> HeardAsync(IAsyncEnumerable<IReadOnlyList<JsonElement>> batches, string host, [EnumeratorCancellation] CancellationToken stop)
    {
        var silent = 0;
        await foreach (var batch in batches.WithCancellation(stop))
        {
            silent = batch.Count > 0 ? 0 : silent + 1;
            yield return silent < MostSilent ? batch : throw new NetworkFailure("silent", $"{host} sends nothing, although the stream is open. It is opened again.");
        }
    }

    /// <summary>The cursor that is sent; null to listen from now on. v1 understands the numbers of v2, and not the other way round.</summary>
    public static long? CursorOf(JetstreamState state, bool v2) => state.Cursor switch
    {
        0 => null,
        >= FirstOfV1 => v2 ? null : state.Cursor - (long)Rewind.TotalMicroseconds,
        var number => number,
    };

    /// <summary>The time that the server no longer remembers, or of which the other protocol's cursor says nothing to it; null for none.</summary>
    public static MissedTime? Missed(JetstreamState state, BlueskyOptions options, DateTimeOffset now) => state.At is not { } at ? null
        : options.Protocol == "v2" && state.Cursor >= FirstOfV1 ? new(at, now, TooOld)
        : now.AddHours(-options.LookbackHours) is var floor && at < floor ? new(at, floor, TooOld) : null;

    private static Uri Url(BlueskyOptions options, bool v2, long? cursor)
    {
        var path = v2
            ? $"/xrpc/network.bsky.jetstream.subscribeEvents?kinds=commit&collections={BlueskyPosts.Collection}"
            : $"/subscribe?wantedCollections={BlueskyPosts.Collection}";
        var http = NetworkClient.At(options.Jetstream, cursor is null ? path : $"{path}&cursor={cursor}");
        return new UriBuilder(http) { Scheme = http.Scheme == Uri.UriSchemeHttps ? "wss" : "ws", Port = http.Port }.Uri;
    }

    private static Event? OfV1(JsonElement message) => message.Text("kind") == "commit" && message.At("commit") is { } commit && message.Long("time_us") is { } micros
        ? Commit(commit, message.Text("did"), micros, DateTimeOffset.UnixEpoch.AddMicroseconds(micros))
        : null;

    private static Event? OfV2(JsonElement message)
    {
        if (message.Text("$type") == "error")
        {
            throw new NetworkFailure("stream_refused", message.Text("error") == "ConsumerTooSlow" ? "The Jetstream server found Serm too slow. The stream is opened again where it stood." : "The Jetstream server ended the stream.");
        }

        return message.At("payload") is { } commit && commit.Text("$type")?.EndsWith("#commit", StringComparison.Ordinal) == true && commit.Long("seq") is { } seq
            ? Commit(commit, commit.Text("did"), seq, commit.Time("time"))
            : null;
    }

    private static Event? Commit(JsonElement commit, string? did, long cursor, DateTimeOffset? at)
    {
        if (did is null || commit.Text("collection") != BlueskyPosts.Collection || commit.Text("rkey") is not { } key)
        {
            return null;
        }

        var uri = $"at://{did}/{BlueskyPosts.Collection}/{key}";
        return commit.Text("operation") switch
        {
            "delete" => new(cursor, at, null, uri),
            "create" or "update" when commit.At("record") is { } record => new(cursor, at, BlueskyPosts.Of(uri, did, record, record.Time("createdAt") is { } written && written < at ? written : at), null),
            _ => null,
        };
    }

    private sealed record Event(long Cursor, DateTimeOffset? At, NetworkPost? Post, string? Gone);
}
