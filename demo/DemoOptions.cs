namespace Serm.Demo;

/// <summary>How the demo is run.</summary>
/// <param name="Gateway">Base address of the gateway.</param>
/// <param name="Port">Loopback port of the sample sites, 1 to 65,535.</param>
/// <param name="NetworksPort">Loopback port of the networks, 1 to 65,535.</param>
/// <param name="Key">API key with the admin role; null when none is given.</param>
/// <param name="Speed">How many times faster than life new posts come, 0.1 to 1,000.</param>
/// <param name="StateFile">Where it is kept what was published when, so that a restart goes on; null to begin afresh each time.</param>
internal sealed record DemoOptions(Uri Gateway, int Port, int NetworksPort, string? Key, double Speed, string? StateFile)
{
    public const string Usage = "Usage: run --gateway http://127.0.0.1:8080 --port 8089 --networks-port 8088 [--key-env SERM_DEMO_KEY] [--speed 1] [--state FILE]";

    /// <summary>Address under which the sample sites are reached.</summary>
    public Uri Site => new($"http://127.0.0.1:{Port}/");

    /// <summary>Reads the command line; throws <see cref="FormatException"/> with a sentence for the person who typed it.</summary>
    public static DemoOptions Parse(IReadOnlyList<string> args, Func<string, string?> environment)
    {
        if (args.Count == 0 || args[0] != "run")
        {
            throw new FormatException(Usage);
        }

        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 1; i < args.Count; i += 2)
        {
            if (args[i] is not ("--gateway" or "--port" or "--networks-port" or "--key-env" or "--speed" or "--state") || i + 1 == args.Count)
            {
                throw new FormatException($"{args[i]} is unknown or has no value. {Usage}");
            }

            given[args[i]] = args[i + 1];
        }

        if (!Uri.TryCreate(given.GetValueOrDefault("--gateway", "http://127.0.0.1:8080"), UriKind.Absolute, out var gateway) || gateway.Scheme is not ("http" or "https"))
        {
            throw new FormatException($"--gateway takes an http(s) address. {Usage}");
        }

        var (port, networks) = (Port("--port", "8089"), Port("--networks-port", "8088"));

        if (!double.TryParse(given.GetValueOrDefault("--speed", "1"), System.Globalization.CultureInfo.InvariantCulture, out var speed) || speed is not (>= 0.1 and <= 1_000))
        {
            throw new FormatException($"--speed takes a number from 0.1 to 1000. {Usage}");
        }

        var key = environment(given.GetValueOrDefault("--key-env", "SERM_DEMO_KEY"));
        return new(gateway, port, networks, string.IsNullOrWhiteSpace(key) ? null : key.Trim(), speed, given.GetValueOrDefault("--state"));

        int Port(string name, string otherwise) => int.TryParse(given.GetValueOrDefault(name, otherwise), out var written) && written is >= 1 and <= 65_535
            ? written
            : throw new FormatException($"{name} takes a number from 1 to 65535. {Usage}");
    }
}
