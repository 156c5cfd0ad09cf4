using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using MassTransit;
using Microsoft.Extensions.Options;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;
using Serm.Ingest.Connectors;
using Serm.Ingest.Sources;

namespace Serm.Ingest.Replies;

/// <summary>Sends the answers that are due, several at once but of each source one, and tells what became of them.</summary>
internal sealed partial class SendReplies(NpgsqlDataSource dataSource, ReadSource read, ConnectorBook book, Credentials credentials, IBus bus, IOptions<ReplyOptions> options, TimeProvider clock, ILogger<SendReplies> log)
    : Recurring("Sending answers", TimeSpan.FromSeconds(1), clock, log)
{
    private static readonly Counter<long> Settled = Telemetry.Meter.CreateCounter<long>("serm.replies.settled", description: "Answers to mentions by kind and what became of them");
    private static readonly Guid Messages = new("5a0c9c3e-6a3b-5a0d-8f0c-2d9a3b7f1e64");

    private readonly ConcurrentDictionary<Guid, Task> running = [];

    /// <summary>The message that tells of a reply: the same in every repeat.</summary>
    public static Guid MessageId(Guid reply) => NameBasedGuid.Create(Messages, reply.ToString());

    /// <summary>Lets those under way come to their end: what is broken off is not known to be sent or not.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await Task.WhenAll(running.Values).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // What is left is taken over when its time is up.
        }
    }

    protected override async Task DoAsync(CancellationToken stopping)
    {
        var room = options.Value.Concurrency - running.Count;
        foreach (var reply in room <= 0 ? [] : await ReplyTable.ClaimAsync(dataSource, Clock.GetUtcNow(), room, TimeSpan.FromSeconds(options.Value.LeaseSeconds), stopping))
        {
            // Before it begins, so that it is known when it ends.
            var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            running[reply.Id] = RunAsync(reply, begin.Task);
            begin.SetResult();
        }
    }

    private async Task RunAsync(Reply reply, Task begin)
    {
        await begin;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(options.Value.LeaseSeconds * 0.75), Clock);
        try
        {
            await SettleAsync(reply, patience.Token);
        }
        catch (Exception e)
        {
            // Our own servers, or a fault of ours: it is taken up again when its time is up.
            LogStumbled(Log, reply.Id, reply.SourceKind, e);
        }
        finally
        {
            running.TryRemove(reply.Id, out _);
        }
    }

    private async Task SettleAsync(Reply reply, CancellationToken stop)
    {
        var settled = reply.Settled;
        if (settled is null)
        {
            var source = await SourceAsync(reply, stop);
            var settings = source is null ? Settings.Empty : await credentials.LoadAsync(reply.Workspace, source, stop);
            var next = await SendReply.RunAsync(
                new(reply, source, book.Find(source?.Kind), settings, c => read.Reading(c, new(reply.Workspace, source!, new(), Guid.Empty, ""), settings), (said, ct) => BeginAsync(reply, said, ct)),
                TimeSpan.FromSeconds(options.Value.PatienceSeconds),
                Clock,
                stop);
            if (next is Next.Again again)
            {
                await ReplyTable.AgainAsync(dataSource, reply, again, CancellationToken.None);
                return;
            }

            // As the database keeps it, so that every repeat tells the same.
            settled = ((Next.Done)next).Settled;
            settled = settled with { At = settled.At.AddTicks(-(settled.At.Ticks % TimeSpan.TicksPerMicrosecond)) };
            if (!await ReplyTable.SettleAsync(dataSource, reply, settled, CancellationToken.None))
            {
                return;
            }

            Settled.Add(1, new("kind", reply.SourceKind), new("outcome", settled.Outcome.ToString().ToLowerInvariant()), new("code", settled.Code ?? ""));
            LogSettled(Log, reply.Id, reply.SourceKind, settled.Outcome, settled.Code);
        }

        await bus.PublishAllAsync(
            [(MessageId(reply.Id), new ReplyTold(reply.Workspace, reply.Id, reply.MentionId, settled.Outcome, settled.NativeId, settled.Url, settled.Code, settled.Detail, settled.At, reply.TraceParent))],
            CancellationToken.None);
        await ReplyTable.ToldAsync(dataSource, reply, CancellationToken.None);
    }

    private async Task BeginAsync(Reply reply, string said, CancellationToken cancellationToken)
    {
        if (!await ReplyTable.BeginAsync(dataSource, reply, said, Clock.GetUtcNow(), cancellationToken))
        {
            throw new InvalidOperationException($"The answer {reply.Id} is in other hands.");
        }
    }

    private async Task<Source?> SourceAsync(Reply reply, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select state from ingest.sources where workspace = $1 and id = $2");
        command.Parameters.Add(new() { Value = reply.Workspace });
        command.Parameters.Add(new() { Value = reply.SourceId });
        return await command.ExecuteScalarAsync(cancellationToken) is string state ? System.Text.Json.JsonSerializer.Deserialize<Source>(state, SourceLog.Json) : null;
    }

    [LoggerMessage(EventId = 251, Level = LogLevel.Information, Message = "Answer {ReplyId} on {Kind}: {Outcome} {Code}")]
    private static partial void LogSettled(ILogger log, Guid replyId, string kind, ReplyOutcome outcome, string? code);

    [LoggerMessage(EventId = 252, Level = LogLevel.Warning, Message = "Answer {ReplyId} on {Kind} is put off")]
    private static partial void LogStumbled(ILogger log, Guid replyId, string kind, Exception exception);
}

/// <summary>Composition of sending answers.</summary>
internal static class ReplyServices
{
    /// <summary>Registers the sender; sources must be registered too.</summary>
    public static void AddReplies(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<ReplyOptions>().BindConfiguration("Ingest:Replies").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddHostedService<SendReplies>();
    }
}
