namespace Serm.Contracts;

/// <summary>A source went blind, or sees again. Producer: ingest. Consumer: mentions, which draws gaps on every chart.</summary>
/// <param name="EventId">The stored event: the same in every repeat.</param>
/// <param name="Workspace">The tenant.</param>
/// <param name="SourceId">The source.</param>
/// <param name="SourceName">Its name.</param>
/// <param name="GapId">One id for the opening and the closing.</param>
/// <param name="From">Since when nothing was seen: the last good read.</param>
/// <param name="To">When it saw again; null while still blind.</param>
/// <param name="Reason">A stable code: <c>http_404</c>, <c>timeout</c>, <c>not_a_feed</c>, <c>rate_limited</c>, ...</param>
/// <param name="Backfilled">True when it sees again and what was written meanwhile was read.</param>
public sealed record SourceGapChanged(
    Guid EventId,
    string Workspace,
    Guid SourceId,
    string SourceName,
    Guid GapId,
    DateTimeOffset From,
    DateTimeOffset? To,
    string Reason,
    bool Backfilled = false);

/// <summary>The credentials of a source end within a week, or no longer do. Producer: ingest. Consumer: alerts, which makes an incident of it.</summary>
/// <param name="EventId">The stored event: the same in every repeat.</param>
/// <param name="Workspace">The tenant.</param>
/// <param name="SourceId">The source.</param>
/// <param name="SourceName">Its name.</param>
/// <param name="EndAt">When they end; null when they do not end soon any more.</param>
/// <param name="At">When that became known: of two the later one counts.</param>
public sealed record SourceCredentialsEnding(Guid EventId, string Workspace, Guid SourceId, string SourceName, DateTimeOffset? EndAt, DateTimeOffset At);

/// <summary>A source was removed: nothing that it does not tell any more is missing. Producer: ingest. Consumer: alerts, which watches it no longer.</summary>
/// <param name="EventId">The stored event: the same in every repeat.</param>
/// <param name="Workspace">The tenant.</param>
/// <param name="SourceId">The source.</param>
/// <param name="At">When: what it tells later it tells because it was added again.</param>
public sealed record SourceGone(Guid EventId, string Workspace, Guid SourceId, DateTimeOffset At);
