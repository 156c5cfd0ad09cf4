using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Serm.Tests;

/// <summary>One of Serm's programs, run as the real process that it is, so that it can be killed like one.</summary>
public sealed class ServiceProcess : IAsyncDisposable
{
    private const string Gateway = "Serm.Gateway";
    private const int LowestPort = 20_000;
    private const int HighestPort = 29_999;
    private static readonly ConcurrentDictionary<int, bool> Given = new();

    private readonly string dll;
    private readonly IReadOnlyDictionary<string, string> environment;
    private readonly string log;
    private Process? process;

    /// <summary>Prepares a process; <see cref="StartAsync"/> starts it.</summary>
    public ServiceProcess(string project, IReadOnlyDictionary<string, string> environment, string logFolder, int? port = null)
    {
        Name = project;
        Port = port ?? FreePort();
        dll = Repository.Program(project);
        this.environment = environment;
        Directory.CreateDirectory(logFolder);
        log = Path.Combine(logFolder, project + ".log");
        Metrics = new Uri(project == Gateway ? new Uri($"http://127.0.0.1:{FreePort()}") : Address, "/metrics");
        // Keeps no cookies: who signs in for one test is not signed in for all others.
        Http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(60) };
    }

    public string Name { get; }

    public int Port { get; }

    public Uri Address => new($"http://127.0.0.1:{Port}");

    /// <summary>Where its metrics are: at the gateway on a port of their own.</summary>
    public Uri Metrics { get; }

    public HttpClient Http { get; }

    public int ProcessId => process?.Id ?? throw new InvalidOperationException($"{Name} is not running.");

    public Process Process => process ?? throw new InvalidOperationException($"{Name} is not running.");

    /// <summary>Starts the process without waiting for it.</summary>
    public void Start()
    {
        process = Process.Start(Info([])) ?? throw new InvalidOperationException($"{dll} cannot be started.");
        var writer = TextWriter.Synchronized(new StreamWriter(log, append: true) { AutoFlush = true });
        process.OutputDataReceived += (_, e) => writer.WriteLine(e.Data);
        process.ErrorDataReceived += (_, e) => writer.WriteLine(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Runs one of the program's commands to its end and returns what it printed; fails when it fails.</summary>
    public async Task<string> RunAsync(params string[] arguments)
    {
        using var command = Process.Start(Info(arguments)) ?? throw new InvalidOperationException($"{dll} cannot be started.");
        var output = await Task.WhenAll(command.StandardOutput.ReadToEndAsync(), command.StandardError.ReadToEndAsync());
        await command.WaitForExitAsync();
        return command.ExitCode == 0
            ? output[0]
            : throw new InvalidOperationException($"{Name} {string.Join(' ', arguments)} ended with {command.ExitCode}: {output[1]}{output[0]}");
    }

    /// <summary>Starts the process and waits until it is ready.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Start();
        await ReadyAsync(TimeSpan.FromSeconds(180), cancellationToken);
    }

    /// <summary>Waits until the process is ready; fails with the end of its log.</summary>
    public Task ReadyAsync(TimeSpan timeout, CancellationToken cancellationToken) => Eventually.AsyncTrue(
        async ct =>
        {
            if (Process.HasExited)
            {
                throw new InvalidOperationException($"{Name} ended with {Process.ExitCode}:\n{LogTail()}");
            }

            try
            {
                using var answer = await Http.GetAsync(new Uri("/healthz/ready", UriKind.Relative), ct);
                return answer.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        },
        timeout,
        () => $"{Name} is not ready:\n{LogTail()}",
        cancellationToken);

    private ProcessStartInfo Info(string[] arguments)
    {
        var info = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetDirectoryName(dll)! };
        info.ArgumentList.Add(dll);
        foreach (var argument in arguments)
        {
            info.ArgumentList.Add(argument);
        }

        foreach (var (key, value) in environment)
        {
            info.Environment[key] = value;
        }

        info.Environment["ASPNETCORE_URLS"] = Address.ToString();
        if (Name == Gateway)
        {
            info.Environment["ASPNETCORE_URLS"] += $";http://127.0.0.1:{Metrics.Port}";
            info.Environment["Gateway__MetricsPort"] = $"{Metrics.Port}";
        }

        return info;
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        Process.Kill(entireProcessTree: true);
        await Process.WaitForExitAsync();
    }

    /// <summary>Asks it to stop, as whoever runs it does, without waiting for it.</summary>
    public async Task TerminateAsync(CancellationToken cancellationToken)
    {
        using var kill = Process.Start("bash", ["-c", $"kill -TERM {ProcessId}"]);
        await kill.WaitForExitAsync(cancellationToken);
    }

    /// <summary>Waits until it has stopped.</summary>
    /// <exception cref="TimeoutException">It goes on.</exception>
    public async Task StoppedAsync(TimeSpan timeout, CancellationToken cancellationToken) => await Process.WaitForExitAsync(cancellationToken).WaitAsync(timeout, cancellationToken);

    /// <summary>The last lines that it wrote.</summary>
    public string LogTail(int lines = 40) => File.Exists(log) ? string.Join('\n', File.ReadLines(log).TakeLast(lines)) : "";

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (process is { HasExited: false })
        {
            await KillAsync();
        }

        process?.Dispose();
    }

    /// <summary>A port of loopback that nobody uses now, and that this process was not given before.</summary>
    /// <remarks>
    /// Letting the system choose gave two services of a stack the same port now and then: the one that came first answered for both.
    /// Below the ephemeral range no outgoing connection can take the port before its service listens.
    /// </remarks>
    public static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(LowestPort, HighestPort + 1);
            if (!Given.TryAdd(port, true))
            {
                continue;
            }

            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody listens there: the next one.
            }
        }
    }
}
