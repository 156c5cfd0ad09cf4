using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
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
        _service.MapGet("/asked", (DateTimeOffset? from, int? limit, Guid[]? brand, bool? all) => Results.Ok());
        _service.MapGet("/asked/as-one", ([AsParameters] Asked asked) => Results.Ok());
        _service.MapPost("/told", (Told body) => Results.Ok());
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
    [InlineData(PostgresErrorCodes.CharacterNotInRepertoire)]
    [InlineData(PostgresErrorCodes.UntranslatableCharacter)]
    public async Task A_character_that_the_database_has_not_is_the_caller_s_and_no_error_of_the_service(string state)
    {
        var (status, problem) = await AskAsync(HttpMethod.Get, state);
        (status, problem.GetProperty("code").GetString()).ShouldBe((HttpStatusCode.BadRequest, "request_malformed"));
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

    [Theory]
    [InlineData("/asked?from=yesterday", "from", "2026-03-01T12:00:00Z; \"yesterday\"")]
    [InlineData("/asked?limit=1.5", "limit", "a whole number; \"1.5\"")]
    [InlineData("/asked?brand=acme", "brand", "an id such as")]
    [InlineData("/asked?all=perhaps", "all", "true or false; \"perhaps\"")]
    [InlineData("/asked/as-one?Limit=many", "limit", "a whole number; \"many\"")]
    public async Task A_parameter_that_cannot_be_read_is_named_with_what_it_takes(string path, string field, string detail) =>
        Refused(await AskAsync(HttpMethod.Get, path, null), field, detail);

    [Theory]
    [InlineData("""{"posts":[{"id":"1"},{"id":"2","txet":"a"}]}""", "posts[1].txet", "no member \"txet\"")]
    [InlineData("""{"posts":[{"id":1}]}""", "posts[0].id", "The value at $.posts[0].id (line 1)")]
    [InlineData("""{"posts":[{"id":"1","id":"2"}]}""", "posts[0].id", "The member \"id\" is there twice")]
    [InlineData("""{"posts":[{"id":"1"},""", "posts[1]", "instead reached end of data.")]
    [InlineData("""{"posts":[]} and more""", null, "at $ (line 1)")]
    [InlineData("[]", null, "The value at $ (line 1)")]
    [InlineData("", null, "and there is none")]
    public async Task What_is_wrong_in_a_body_is_named_without_a_word_of_the_inside(string body, string? field, string detail) =>
        Refused(await AskAsync(HttpMethod.Post, "/told", body), field, detail);

    // To the one path that takes files the advice to send JSON would lead nowhere.
    [Fact]
    public async Task A_body_of_another_type_is_told_which_types_there_are()
    {
        using var answer = await _http.PostAsync(new Uri("/told", UriKind.Relative), new StringContent("a,b", Encoding.UTF8, "text/csv"), TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        problem.GetProperty("code").GetString().ShouldBe("not_json");
        problem.GetProperty("detail").GetString()!.ShouldContain("to POST /api/imports the file as text/csv");
    }

    private static void Refused((HttpStatusCode Status, JsonElement Problem) answer, string? field, string detail)
    {
        (answer.Status, answer.Problem.GetProperty("code").GetString()).ShouldBe((HttpStatusCode.BadRequest, "request_malformed"));
        (answer.Problem.TryGetProperty("field", out var named) ? named.GetString() : null).ShouldBe(field);
        var text = answer.Problem.GetProperty("detail").GetString()!;
        text.ShouldContain(detail);
        text.ShouldNotMatch("Serm|NET|Nullable|Byte|Service");
    }

    private static Exception Failure(string how) => how switch
    {
        "unexpectedly" => new InvalidOperationException("the cause"),
        "refused" => new RuleViolation("not_now", "Not now."),
        "unreachable" => new NpgsqlException("Failed to connect", new SocketException((int)SocketError.ConnectionRefused)),
        "broken" => new NpgsqlException("Exception while reading from stream", new IOException("reset", new SocketException((int)SocketError.ConnectionReset))),
        "deadlock" => new PostgresException("deadlock detected", "ERROR", "ERROR", PostgresErrorCodes.DeadlockDetected),
        PostgresErrorCodes.CharacterNotInRepertoire => new PostgresException("invalid byte sequence for encoding \"UTF8\": 0x00", "ERROR", "ERROR", how),
        PostgresErrorCodes.UntranslatableCharacter => new InvalidOperationException("wrapped", new PostgresException("unsupported Unicode escape sequence", "ERROR", "ERROR", how)),
        _ => new TimeoutException("The broker did not answer."),
    };

    private Task<(HttpStatusCode Status, JsonElement Problem)> AskAsync(HttpMethod method, string how) => AskAsync(method, $"/fails/{how}", null);

    private async Task<(HttpStatusCode Status, JsonElement Problem)> AskAsync(HttpMethod method, string path, string? body)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken));
    }

    private sealed record Asked([property: FromQuery] int? Limit);

    private sealed record Told(IReadOnlyList<ToldPost>? Posts);

    private sealed record ToldPost(string? Id);

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
