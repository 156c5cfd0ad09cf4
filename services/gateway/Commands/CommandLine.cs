using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Serm.Defaults;
using Serm.Gateway.Auth;
using Serm.Gateway.Store;

namespace Serm.Gateway.Commands;

/// <summary>What an operator runs beside the server: <c>admin</c>, <c>key</c>, <c>parked</c>, <c>waiting</c>. The result, and nothing else, goes to standard output.</summary>
internal static class CommandLine
{
    private const string Usage =
        """
        usage: Serm.Gateway admin --name NAME [--workspace main]
                   adds the first admin, if there is none, and prints the password
               Serm.Gateway key --role admin|manager|moderator|integrator [--workspace main] [--name NAME]
                   prints a new API key
               Serm.Gateway parked list
                   prints the queues with messages that could not be handled: queue, count, age in seconds, error, message
               Serm.Gateway parked resend QUEUE [--max N]
                   sends them to their queue again and prints how many
               Serm.Gateway waiting
                   prints how many messages are in the queues, parked ones included
        """;

    /// <summary>Runs a command. Null when the arguments name none: then the server is meant.</summary>
    /// <returns>0 done, 1 refused or failed, 2 used wrongly.</returns>
    public static async Task<int?> RunAsync(string[] args, TextWriter output, TextWriter errors)
    {
        if (args is not ["admin" or "key" or "parked" or "waiting", ..])
        {
            return null;
        }

        try
        {
            if (args[0] is "parked")
            {
                await ParkedCommand.RunAsync(args[1..], Configuration(), output, CancellationToken.None);
                return 0;
            }

            if (args[0] is "waiting")
            {
                await ParkedCommand.CountAsync(args[1..], Configuration(), output, CancellationToken.None);
                return 0;
            }

            var options = Options(args.AsSpan(1));
            return args[0] switch
            {
                "admin" => await AdminAsync(options, output, errors),
                _ => await KeyAsync(options, output),
            };
        }
        catch (FormatException e)
        {
            await errors.WriteLineAsync($"{e.Message}\n{Usage}");
            return 2;
        }
        catch (RuleViolation e)
        {
            await errors.WriteLineAsync(e.Message);
            return 1;
        }
        catch (Exception e) when (Transient.Is(e) || e is InvalidOperationException)
        {
            await errors.WriteLineAsync($"Failed: {e.Message}");
            return 1;
        }
    }

    /// <summary>Reads <c>--name value</c> pairs.</summary>
    /// <exception cref="FormatException">Something else is among them.</exception>
    internal static IReadOnlyDictionary<string, string> Options(ReadOnlySpan<string> args)
    {
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < args.Length; i += 2)
        {
            if (args[i] is not ("--name" or "--workspace" or "--role") || i + 1 == args.Length)
            {
                throw new FormatException($"Not understood: {args[i]}");
            }

            options[args[i]] = args[i + 1];
        }

        return options;
    }

    /// <summary>Settings as the server reads them: appsettings.json, then the environment.</summary>
    internal static IConfiguration Configuration() => new ConfigurationBuilder()
        .SetBasePath(AppContext.BaseDirectory)
        .AddJsonFile("appsettings.json", optional: true)
        .AddEnvironmentVariables()
        .Build();

    private static async Task<int> AdminAsync(IReadOnlyDictionary<string, string> options, TextWriter output, TextWriter errors)
    {
        await using var database = await ReadyAsync();
        using var passwords = new Passwords();
        var admin = new FirstAdmin(
            new Users(database, TimeProvider.System),
            passwords,
            TimeProvider.System,
            Microsoft.Extensions.Options.Options.Create(new FirstAdminOptions()),
            NullLogger<FirstAdmin>.Instance);
        var password = Secrets.Base62(15);
        if (!await admin.AddAsync(options.GetValueOrDefault("--name", "admin"), password, options.GetValueOrDefault("--workspace", "main"), CancellationToken.None))
        {
            await errors.WriteLineAsync("There is an admin already. An admin adds users on the page People and keys, or with POST /api/users.");
            return 1;
        }

        await output.WriteLineAsync(password);
        return 0;
    }

    private static async Task<int> KeyAsync(IReadOnlyDictionary<string, string> options, TextWriter output)
    {
        if (!options.TryGetValue("--role", out var text) || !text.All(char.IsAsciiLetter) || !Enum.TryParse<Role>(text, ignoreCase: true, out var role))
        {
            throw new FormatException("Which role? --role admin, manager, moderator or integrator.");
        }

        await using var database = await ReadyAsync();
        using var keys = new ApiKeys(database, TimeProvider.System);
        var (_, secret) = await keys.CreateAsync(
            Names.Key(options.GetValueOrDefault("--name", "command line")),
            Names.Workspace(options.GetValueOrDefault("--workspace", "main")),
            role,
            "command line",
            null,
            CancellationToken.None);
        await output.WriteLineAsync(secret);
        return 0;
    }

    private static async Task<NpgsqlDataSource> ReadyAsync()
    {
        var database = Database.Open(Configuration());
        try
        {
            await new SchemaSetup(database, NullLogger<SchemaSetup>.Instance).ApplyAsync(CancellationToken.None);
            return database;
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }
}
