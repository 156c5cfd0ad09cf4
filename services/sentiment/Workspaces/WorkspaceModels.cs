using Microsoft.Extensions.Options;
using Npgsql;
using Serm.Defaults;
using Serm.Sentiments.Onnx;
using Serm.Sentiments.Scoring;
using Serm.Sentiments.Shadow;

namespace Serm.Sentiments.Workspaces;

/// <summary>The models of the workspaces that are in use, read when first asked for and kept until they change or others need the room. A batch is judged by what it took at its beginning, so that a change in between loses nothing.</summary>
internal sealed partial class WorkspaceModels(SentimentModel shipped, NpgsqlDataSource dataSource, IOptions<SentimentOptions> options, TimeProvider clock, ILogger<WorkspaceModels> log, OnnxJudge? transformer = null)
{
    // Told at once by the database; this is for the telling that was lost.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _known = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _byUse = new();
    private long _changes;

    private sealed record Entry(string Workspace, SettingsRow Settings, IJudge Judge, long ReadAt);

    /// <summary>The model that is built into the program.</summary>
    public SentimentModel Shipped => shipped;

    /// <summary>The user's own transformer, which judges for all workspaces instead of what they learnt; null for none.</summary>
    public OnnxJudge? Transformer { get; } = transformer;

    /// <summary>The version that a learnt model must add to in order to judge: the shipped one; null while a transformer judges.</summary>
    public string? Basis => Transformer is null ? shipped.Version : null;

    /// <summary>The refusal of what concerns only learnt models.</summary>
    /// <exception cref="RuleViolation">A transformer judges.</exception>
    public void RequireLearning()
    {
        if (Transformer is not null)
        {
            throw new RuleViolation("onnx_in_use", "A transformer judges (Sentiment:Onnx), which learns nothing from corrections. Leave Sentiment:Onnx:ModelPath empty to use the shipped model.");
        }
    }

    /// <summary>Workspaces in memory.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _known.Count;
            }
        }
    }

    /// <summary>What judges a workspace's mentions now.</summary>
    public async ValueTask<IJudge> GetAsync(string workspace, CancellationToken cancellationToken)
    {
        if (Find(workspace) is { } known && clock.GetElapsedTime(known.ReadAt) < Fresh)
        {
            return known.Judge;
        }

        var changes = Interlocked.Read(ref _changes);
        var entry = await ReadAsync(workspace, cancellationToken);
        // What changed while it was read may be in it or not: it serves this batch, and the next asks again.
        if (Interlocked.Read(ref _changes) == changes)
        {
            Keep(entry);
        }

        return entry.Judge;
    }

    /// <summary>A version of a workspace's model, in use or not; null when there is none.</summary>
    /// <param name="version">The transformer's, the shipped model's, or that of one that the workspace learnt; with a sensitivity behind it by that one, or else by the workspace's.</param>
    public async Task<IJudge?> FindAsync(string workspace, string version, CancellationToken cancellationToken)
    {
        var settings = await SettingsRow.LoadAsync(dataSource, workspace, cancellationToken);
        return await FindAsync(workspace, version, settings.Sensitivity, cancellationToken)
            ?? (Signature.Read(version) is (var model, var sensitivity) ? await FindAsync(workspace, model, sensitivity, cancellationToken) : null);
    }

    /// <summary>A workspace changed: the next batch reads it anew.</summary>
    public void Forget(string workspace)
    {
        Interlocked.Increment(ref _changes);
        lock (_lock)
        {
            if (_known.Remove(workspace, out var node))
            {
                _byUse.Remove(node);
            }
        }
    }

    /// <summary>Changes may have been missed.</summary>
    public void ForgetAll()
    {
        Interlocked.Increment(ref _changes);
        lock (_lock)
        {
            _known.Clear();
            _byUse.Clear();
        }
    }

    private async Task<IJudge?> FindAsync(string workspace, string model, float sensitivity, CancellationToken cancellationToken)
    {
        if (model == Transformer?.Version)
        {
            return Transformed(sensitivity);
        }

        var delta = model == shipped.Version ? null : await ModelRows.WeightsAsync(dataSource, workspace, model, shipped.Version, cancellationToken);
        return delta is null && model != shipped.Version ? null : new Scorer(new WorkspaceModel(shipped, delta, sensitivity));
    }

    private Entry? Find(string workspace)
    {
        lock (_lock)
        {
            if (!_known.TryGetValue(workspace, out var node))
            {
                return null;
            }

            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return node.Value;
        }
    }

    private void Keep(Entry entry)
    {
        lock (_lock)
        {
            if (_known.Remove(entry.Workspace, out var old))
            {
                _byUse.Remove(old);
            }

            _known[entry.Workspace] = _byUse.AddFirst(entry);
            while (_known.Count > options.Value.WorkspacesInMemory)
            {
                _known.Remove(_byUse.Last!.Value.Workspace);
                _byUse.RemoveLast();
            }
        }
    }

    private async Task<Entry> ReadAsync(string workspace, CancellationToken cancellationToken)
    {
        var readAt = clock.GetTimestamp();
        var settings = await SettingsRow.LoadAsync(dataSource, workspace, cancellationToken);
        if (Find(workspace) is { } same && same.Settings == settings)
        {
            return same with { ReadAt = readAt };
        }

        if (Transformer is not null)
        {
            return new Entry(workspace, settings, Transformed(settings.Sensitivity), readAt);
        }

        ModelDelta? delta = null;
        if (settings.ModelVersion is { } version && (delta = await ModelRows.WeightsAsync(dataSource, workspace, version, shipped.Version, cancellationToken)) is null)
        {
            // Learnt on top of other shipped weights, before an upgrade: it would only do harm on these.
            LogUnusable(log, version, shipped.Version);
        }

        var model = new WorkspaceModel(shipped, delta, settings.Sensitivity);
        LogInUse(log, model.Version);
        return new Entry(workspace, settings, new Scorer(model), readAt);
    }

    private IJudge Transformed(float sensitivity) => sensitivity == 0 ? Transformer! : new ShiftedJudge(Transformer!, sensitivity);

    [LoggerMessage(EventId = 301, Level = LogLevel.Information, Message = "Model {Version} is in use for a workspace")]
    private static partial void LogInUse(ILogger log, string version);

    [LoggerMessage(EventId = 302, Level = LogLevel.Warning, Message = "Model {Version} of a workspace cannot be used on the shipped model {Shipped}, which judges alone until a new one is trained")]
    private static partial void LogUnusable(ILogger log, string version, string shipped);
}
