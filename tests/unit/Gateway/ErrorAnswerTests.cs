using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;
using Serm.Defaults;

namespace Serm.Tests.Unit.Gateway;

/// <summary>What a service answers, and what its log holds, when something fails.</summary>
public sealed class ErrorAnswerTests : IAsyncLifetime
{
    private readonly ConcurrentQueue<string> _log = new();
    private readonly HttpClient _http = new();
    private WebApplication _service = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.AddSermDefaults("test");
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(new Lines(_log));
        _service = builder.Build();
        _service.UseSermDefaults(behindGateway: false);
        _service.MapMethods("/fails/{how}", ["GET", "POST"], IResult (string how) => throw Failure(how));
        await _service.StartAsync(TestContext.Current.CancellationToken);
        _http.BaseAddress = new Uri(_service.Urls.First());
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _service.DisposeAsync();
    }

    [Fact]
    public async Task An_unexpected_error_is_in_the_log_under_the_trace_id_that_the_caller_gets()
    {
        var (status, problem) = await AskAsync(HttpMethod.Post, "unexpectedly");
        status.ShouldBe(HttpStatusCode.InternalServerError);
        problem.GetProperty("code").GetString().ShouldBe("internal_error");
        problem.GetRawText().ShouldNotContain("the cause");
        var line = _log.Where(l => l.Contains("the cause", StringComparison.Ordinal)).ShouldHaveSingleItem();
        line.ShouldContain(problem.GetProperty("traceId").GetString()!);
        line.ShouldContain("/fails/{how}");
    }

    [Fact]
    public async Task A_refusal_is_no_error_of_the_service_and_is_not_logged()
    {
        (await AskAsync(HttpMethod.Post, "refused")).Status.ShouldBe(HttpStatusCode.Conflict);
        _log.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("GET", "broken", HttpStatusCode.ServiceUnavailable, "temporarily_unavailable")]
    [InlineData("POST", "unreachable", HttpStatusCode.ServiceUnavailable, "temporarily_unavailable")]
    [InlineData("POST", "deadlock", HttpStatusCode.ServiceUnavailable, "temporarily_unavailable")]
    [InlineData("POST", "broken", HttpStatusCode.BadGateway, "outcome_unknown")]
    [InlineData("POST", "silent", HttpStatusCode.BadGateway, "outcome_unknown")]
    public async Task Only_what_cannot_have_been_done_is_promised_not_to_be(string method, string how, HttpStatusCode status, string code)
    {
        var (answered, problem) = await AskAsync(new HttpMethod(method), how);
        (answered, problem.GetProperty("code").GetString()).ShouldBe((status, code));
        problem.GetProperty("detail").GetString()!.Contains("Nothing was changed", StringComparison.Ordinal).ShouldBe(status == HttpStatusCode.ServiceUnavailable);
        _log.ShouldHaveSingleItem().ShouldContain(problem.GetProperty("traceId").GetString()!);
    }

    private static Exception Failure(string how) => how switch
    {
        "unexpectedly" => new InvalidOperationException("the cause"),
        "refused" => new RuleViolation("not_now", "Not now."),
        "unreachable" => new NpgsqlException("Failed to connect", new SocketException((int)SocketError.ConnectionRefused)),
        "broken" => new NpgsqlException("Exception while reading from stream", new IOException("reset", new SocketException((int)SocketError.ConnectionReset))),
        "deadlock" => new PostgresException("deadlock detected", "ERROR", "ERROR", PostgresErrorCodes.DeadlockDetected),
        _ => new TimeoutException("The broker did not answer."),
    };

    private async Task<(HttpStatusCode Status, JsonElement Problem)> AskAsync(HttpMethod method, string how)
    {
        using var request = new HttpRequestMessage(method, $"/fails/{how}");
        using var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken));
    }

    // What an operator would see: warnings and worse.
    private sealed class Lines(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                lines.Enqueue($"{formatter(state, exception)} {exception}");
            }
        }

        public void Dispose()
        {
        }
    }
}
