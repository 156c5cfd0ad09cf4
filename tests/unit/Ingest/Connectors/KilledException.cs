namespace Serm.Tests.Unit.Ingest.Connectors;

/// <summary>The process was killed in the middle of something.</summary>
internal sealed class KilledException(string message) : Exception(message);
