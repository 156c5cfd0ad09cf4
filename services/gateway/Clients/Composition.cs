namespace Serm.Gateway.Clients;

/// <summary>What was found at one source; see the mentions service.</summary>
public sealed record SourcePart(Guid SourceId, string SourceName, string SourceKind, long Mentions, long Negative, long Reach);

/// <summary>What one model judged; without a version what nobody has judged yet.</summary>
public sealed record ModelPart(string? Version, long Mentions);

/// <summary>What the mentions of a time are made of, those with the most first.</summary>
public sealed record CompositionData(Guid BrandId, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<SourcePart> Sources, IReadOnlyList<ModelPart> Models);
