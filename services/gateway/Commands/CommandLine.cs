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
        usage: ./serm key --role admin|manager|moderator|integrator [--name NAME] [--workspace W [--new-workspace]]
                   prints a new API key, of the workspace main unless another one is named; --new-workspace makes one that is not there yet
               ./serm parked [list]
                   prints the queues with messages that could not be handled: queue, count, age in seconds, error, message
               ./serm parked resend QUEUE [--max N]
                   sends them to their queue again and prints how many
        In a container ./serm is dotnet Serm.Gateway.dll, which also has:
               admin --name NAME [--workspace W]
                   adds the first admin, if there is none, and prints the password
               waiting
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

    /// <summary>Reads <c>--name value</c> pairs, and <c>--new-workspace</c>, which has no value.</summary>
    /// <exception cref="FormatException">Something else is among them.</exception>
    internal static IReadOnlyDictionary<string, string> Options(ReadOnlySpan<string> args)
    {
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        var i = 0;
        while (i < args.Length)
        {
            if (args[i] is "--new-workspace")
            {
                options[args[i++]] = "";
                continue;
            }

            if (args[i] is not ("--name" or "--workspace" or "--role") || i + 1 == args.Length)
            {
                throw new FormatException($"Not understood: {args[i]}");
            }

            options[args[i]] = args[i + 1];
            i += 2;
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
        var workspace = Names.Workspace(options.GetValueOrDefault("--workspace", "main"));
        var known = await WorkspacesAsync(database);
        if (known.Count > 0 && !known.Contains(workspace) && !options.ContainsKey("--new-workspace"))
        {
            throw RuleViolation.Invalid("workspace", "workspace_unknown", $"There is no workspace \"{workspace}\"; there is {string.Join(", ", known)}. --new-workspace makes one.");
        }

        var (_, secret) = await keys.CreateAsync(
            Names.Key(options.GetValueOrDefault("--name", "command line")),
            workspace,
            role,
            AccessChanges.CommandLine,
            null,
            CancellationToken.None);
        await output.WriteLineAsync(secret);
        return 0;
    }

    // A workspace is there as soon as somebody or something can sign in to it.
    private static async Task<IReadOnlyList<string>> WorkspacesAsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand("select workspace from gateway.users union select workspace from gateway.api_keys order by 1");
        await using var reader = await command.ExecuteReaderAsync();
        var names = new List<string>();
        while (await reader.ReadAsync())
        {
            names.Add(reader.GetString(0));
        }

        return names;
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
