using System.Diagnostics;

namespace Serm.Tests;

/// <summary>Waiting for what happens soon, with a bound.</summary>
public static class Eventually
{
    /// <summary>Repeats a check until it holds.</summary>
    /// <exception cref="TimeoutException">It did not hold in time; the message says what was seen last.</exception>
    public static async Task AsyncTrue(Func<CancellationToken, Task<bool>> check, TimeSpan timeout, Func<string> otherwise, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        while (!await check(cancellationToken))
        {
            if (watch.Elapsed > timeout)
            {
                throw new TimeoutException(otherwise());
            }

            await Task.Delay(50, cancellationToken);
        }
    }

    /// <summary>Repeats a reading until it satisfies a condition, and returns it.</summary>
    public static async Task<T> Async<T>(Func<CancellationToken, Task<T>> read, Func<T, bool> until, TimeSpan timeout, CancellationToken cancellationToken)
    {
        T? last = default;
        await AsyncTrue(
            async ct =>
            {
                last = await read(ct);
                return until(last);
            },
            timeout,
            () => $"Still not so after {timeout.TotalSeconds:0} s; last seen: {last}",
            cancellationToken);
        return last!;
    }
}
