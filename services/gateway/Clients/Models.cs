using Serm.Contracts;

namespace Serm.Gateway.Clients;

/// <summary>A table of the shipped model's card.</summary>
public sealed record CardTable(string Title, string Text, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows);

/// <summary>The shipped model's card.</summary>
public sealed record ModelCard(string Version, string Text, IReadOnlyList<CardTable> Tables);

/// <summary>How often people and models agreed in one language.</summary>
public sealed record Agreement(string Language, int Checked, int Agreed, int MissedNegative, int FalseNegative);

/// <summary>How well some rows are judged.</summary>
public sealed record Figures(int Rows, double MacroF1, double? NegativeRecall, double? NegativePrecision, double Right);

/// <summary>The same rows judged by two models.</summary>
public sealed record Compared(string Name, Figures Before, Figures After);

/// <summary>A new model beside the one in use.</summary>
public sealed record Comparison(IReadOnlyList<Compared> Rows, IReadOnlyList<string> Falls, bool Gains);

/// <summary>A model that the workspace learnt, or is learning.</summary>
public sealed record WorkspaceModel(
    Guid Id,
    string? Version,
    string Shipped,
    string Status,
    bool InUse,
    string AskedBy,
    DateTimeOffset AskedAt,
    DateTimeOffset? FinishedAt,
    string? PromotedBy,
    DateTimeOffset? PromotedAt,
    float Progress,
    int Corrections,
    Comparison? Comparison,
    string? Problem)
{
    /// <summary>Asked for or being learnt.</summary>
    public bool IsOpen => Status is "queued" or "training";
}

/// <summary>The models of the workspace.</summary>
public sealed record ModelList(string Shipped, string InUse, int Corrections, int NewCorrections, IReadOnlyList<Agreement> Agreement, IReadOnlyList<WorkspaceModel> Models)
{
    /// <summary>Learnt on what was shipped before: it cannot judge any more.</summary>
    public bool IsOutdated(WorkspaceModel model) => model.Status == "ready" && model.Shipped != Shipped;
}

/// <summary>A recent mention that a model would judge otherwise.</summary>
public sealed record ChangedVerdict(Guid MentionId, Guid BrandId, string Language, string Text, DateTimeOffset SeenAt, Sentiment From, Sentiment To, float NegativeFrom, float NegativeTo);

/// <summary>What a model would change.</summary>
public sealed record ModelDiff(string InUse, string Version, int Sampled, int Changed, IReadOnlyDictionary<string, int> Moves, IReadOnlyList<ChangedVerdict> Examples);

/// <summary>What a sensitivity buys in one language.</summary>
public sealed record SensitivityPoint(string Language, float Sensitivity, double? Precision, double Recall);

/// <summary>How the workspace has its mentions judged.</summary>
public sealed record SentimentSettings(float Sensitivity, int TrainAfter, string Promotion, string? ModelVersion, int Version, IReadOnlyList<SensitivityPoint> Curve, string CurveRows);

/// <summary>A part of the history that is judged again.</summary>
public sealed record Rescore(Guid Id, string Status, Guid? BrandId, DateTimeOffset? From, DateTimeOffset To, string? Model, int PerSecond, long Total, long Sent, long Judged, string AskedBy, DateTimeOffset AskedAt, DateTimeOffset ChangedAt)
{
    /// <summary>Running or paused.</summary>
    public bool IsOpen => Status is "running" or "paused";
}

/// <summary>The models of the sentiment service, and the rescoring of the mentions service.</summary>
internal sealed class ModelsClient(ServiceClient service)
{
    private const string Sentiment = "sentiment";
    private const string Mentions = "mentions";
    private const string Settings = "/api/settings/sentiment";

    public Task<ModelCard> CardAsync(CancellationToken ct) => service.GetAsync<ModelCard>(Sentiment, "/api/models/card", ct);

    public Task<ModelList> ListAsync(CancellationToken ct) => service.GetAsync<ModelList>(Sentiment, "/api/models", ct);

    public Task<SentimentSettings> SettingsAsync(CancellationToken ct) => service.GetAsync<SentimentSettings>(Sentiment, Settings, ct);

    public Task<SentimentSettings> SaveAsync(SentimentSettings seen, object changes, CancellationToken ct) =>
        service.SendAsync<SentimentSettings>(HttpMethod.Put, Sentiment, Settings, changes, seen.Version, ct);

    public Task<WorkspaceModel> TrainAsync(CancellationToken ct) => service.SendAsync<WorkspaceModel>(HttpMethod.Post, Sentiment, "/api/models/train", null, null, ct);

    public Task<WorkspaceModel> CancelAsync(Guid training, CancellationToken ct) =>
        service.SendAsync<WorkspaceModel>(HttpMethod.Post, Sentiment, $"/api/models/{training}/cancel", null, null, ct);

    public Task<ModelDiff> DiffAsync(string version, CancellationToken ct) => service.GetAsync<ModelDiff>(Sentiment, $"/api/models/{version}/diff", ct);

    public Task<ModelList> PromoteAsync(string version, CancellationToken ct) =>
        service.SendAsync<ModelList>(HttpMethod.Post, Sentiment, $"/api/models/{version}/promote", null, null, ct);

    public Task<List<Rescore>> RescoresAsync(CancellationToken ct) => service.GetAsync<List<Rescore>>(Mentions, "/api/rescore", ct);

    public Task<Rescore> RescoreAsync(CancellationToken ct) => service.SendAsync<Rescore>(HttpMethod.Post, Mentions, "/api/rescore", new { }, null, ct);

    /// <summary>Pause, resume, cancel.</summary>
    public Task<Rescore> RescoreAsync(Guid id, string verb, CancellationToken ct) => service.SendAsync<Rescore>(HttpMethod.Post, Mentions, $"/api/rescore/{id}/{verb}", null, null, ct);
}
