using System.Diagnostics;

namespace Serm.Tests.Integration.Faults;

/// <summary>Kills and starts the test run's own PostgreSQL and RabbitMQ, through the script that started them.</summary>
internal static class ServerControl
{
    /// <summary>kill -9 of a whole server: <c>postgres</c> or <c>rabbitmq</c>.</summary>
    public static Task KillAsync(string server, CancellationToken cancellationToken) => RunAsync(cancellationToken, "servers", "kill", server);

    /// <summary>Starts what does not run and waits until it answers.</summary>
    public static Task StartAsync(CancellationToken cancellationToken) => RunAsync(cancellationToken, "servers", "start");

    /// <summary>The same on other ports than the run's: this one and those after it.</summary>
    public static Task StartAtAsync(int port, CancellationToken cancellationToken) => RunAsync(port, cancellationToken, "servers", "start");

    /// <summary>The first port of the run's servers: PostgreSQL's is ten more, RabbitMQ's eleven.</summary>
    public static int Port { get; } = int.Parse(Environment.GetEnvironmentVariable("SERM_TEST_PORT") ?? "0", System.Globalization.CultureInfo.InvariantCulture);

    private static Task RunAsync(CancellationToken cancellationToken, params string[] arguments) => RunAsync(Port, cancellationToken, arguments);

    private static async Task RunAsync(int port, CancellationToken cancellationToken, params string[] arguments)
    {
        var control = Environment.GetEnvironmentVariable("SERM_TEST_CONTROL")
            ?? throw new InvalidOperationException("SERM_TEST_CONTROL is not set. Run ./serm test integration, which starts the servers and tells how they are killed.");
        var info = new ProcessStartInfo(control) { UseShellExecute = false, RedirectStandardError = true };
        info.Environment["SERM_TEST_PORT"] = port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        foreach (var argument in arguments)
        {
            info.ArgumentList.Add(argument);
        }

        using var process = Process.Start(info) ?? throw new InvalidOperationException($"{control} cannot be started.");
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(TimeSpan.FromMinutes(2));
        var told = process.StandardError.ReadToEndAsync(timeout.Token);
        await process.WaitForExitAsync(timeout.Token);
        if (process.ExitCode != 0)
        {
            // A server that was started may hold the pipe open.
            var said = await Task.WhenAny(told, Task.Delay(TimeSpan.FromSeconds(2), timeout.Token)) == told ? await told : "nothing that could be read";
            Assert.Fail($"{control} {string.Join(' ', arguments)} ended with {process.ExitCode}: {said}");
        }
    }
}
