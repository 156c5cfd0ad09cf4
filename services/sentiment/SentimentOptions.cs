using System.ComponentModel.DataAnnotations;

namespace Serm.Sentiments;

/// <summary>Settings of the service, under <c>Sentiment</c>.</summary>
internal sealed class SentimentOptions
{
    /// <summary>Workspaces whose models are kept in memory; the one asked longest ago makes room. A workspace with a model of its own takes up to 6 MB.</summary>
    [Range(1, 10_000)]
    public int WorkspacesInMemory { get; set; } = 64;

    /// <summary>Recent mentions that are kept a workspace, to show what a new model would change. 0 keeps none.</summary>
    [Range(0, 10_000)]
    public int RecentMentions { get; set; } = 500;

    /// <summary>Corrections that a model is trained on at most, the newest first: bounds time and memory.</summary>
    [Range(10, 100_000)]
    public int MostCorrections { get; set; } = 5000;

    /// <summary>Seconds after which a training is given up.</summary>
    [Range(1, 3600)]
    public int TrainingSeconds { get; set; } = 300;
}
