namespace Serm.Ingest.Connectors.Retired;

/// <summary>What a retired network takes: nothing.</summary>
public sealed class RetiredOptions;

/// <summary>Google+: old posts can be imported and are shown as such.</summary>
internal sealed class GooglePlus : IConnector
{
    public ConnectorCard Card { get; } = new("googleplus", "Google+", "Old posts can be imported from a file.", "https://developers.google.com/+/api-shutdown", typeof(RetiredOptions), Ability.None)
    {
        Addable = false,
        Retired = "Google closed Google+ for consumers and its programming interfaces in March and April 2019. There is nothing left to read.",
    };
}

/// <summary>Snapchat: the network gives no way to find mentions.</summary>
internal sealed class Snapchat : IConnector
{
    public ConnectorCard Card { get; } = new("snapchat", "Snapchat", "What you exported yourself can be imported from a file.", "https://developers.snap.com/", typeof(RetiredOptions), Ability.None)
    {
        Addable = false,
        Retired = "Snapchat has no interface that finds mentions or comments: its Public Profile API shows allow-listed partners their own profile only.",
    };
}
