using Serm.Simulator;

// By hand: dotnet run --project tests/simulator -- 8095. Posts appear by themselves, so that a source that points here lives.
var clock = new SimClock(TimeProvider.System.GetUtcNow());
clock.Follow(TimeProvider.System);
await using var simulation = await Simulation.StartAsync(clock, args is [var port] ? int.Parse(port, System.Globalization.CultureInfo.InvariantCulture) : 8095);
Console.WriteLine($"Networks at {simulation.Address}: {string.Join(", ", simulation.Names)}");
using var timer = new PeriodicTimer(TimeSpan.FromSeconds(5));
for (var turn = 0; await timer.WaitForNextTickAsync(); turn++)
{
    foreach (var name in simulation.Names)
    {
        simulation[name].World.Publish($"acme says hello, turn {turn} 👋");
    }
}
