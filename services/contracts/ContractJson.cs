using System.Text.Json.Serialization;

namespace Serm.Contracts;

/// <summary>How the contracts are written and read, made at compile time: nothing has to be found out by reflection when a service starts. A contract that is missing here still works, only slower.</summary>
[JsonSerializable(typeof(MentionFound))]
[JsonSerializable(typeof(MentionScored))]
[JsonSerializable(typeof(MentionChanged))]
[JsonSerializable(typeof(MentionTriaged))]
[JsonSerializable(typeof(AlertRaised))]
[JsonSerializable(typeof(AlertDelivered))]
[JsonSerializable(typeof(EndpointDisabled))]
[JsonSerializable(typeof(SourceGapChanged))]
[JsonSerializable(typeof(SourceCredentialsEnding))]
[JsonSerializable(typeof(SourceGone))]
[JsonSerializable(typeof(MentionCorrected))]
[JsonSerializable(typeof(RescoreAsked))]
[JsonSerializable(typeof(MentionRescored))]
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
public sealed partial class ContractJson : JsonSerializerContext;
