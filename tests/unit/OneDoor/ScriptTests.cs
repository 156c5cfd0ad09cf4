using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Serm.Tests.Unit.Deploy;

namespace Serm.Tests.Unit.OneDoor;

/// <summary>What <c>./serm</c> does without starting anything; that it starts everything is what <c>./serm test</c> itself stands on.</summary>
public sealed partial class ScriptTests : IDisposable
{
    private readonly string data = Directory.CreateTempSubdirectory("serm-").FullName;

    public void Dispose() => Directory.Delete(data, recursive: true);

    [Theory]
    [InlineData("demo")]
    [InlineData("up")]
    [InlineData("down")]
    [InlineData("status")]
    [InlineData("logs")]
    [InlineData("key")]
    [InlineData("admin")]
    [InlineData("parked")]
    [InlineData("read-feed")]
    [InlineData("test")]
    [InlineData("bench")]
    [InlineData("train")]
    public void Help_names_the_command(string command)
    {
        var (code, output) = Serm("help");
        code.ShouldBe(0);
        output.ShouldContain($"\n  {command} ");
    }

    [Fact]
    public void An_unknown_command_fails_and_says_so()
    {
        var (code, output) = Serm("frobnicate");
        code.ShouldBe(1);
        output.ShouldContain("no command 'frobnicate'");
    }

    [Fact]
    public void Logs_of_what_there_is_not_name_what_there_is()
    {
        Bash("source \"$ROOT/eng/serm/common.sh\"; make_secrets; mkdir -p \"$SERM_DATA/logs\"").Code.ShouldBe(0);
        var (code, output) = Serm("logs bogus");
        code.ShouldBe(1);
        output.ShouldContain("no component 'bogus'. There are ingest sentiment mentions alerts gateway postgres rabbitmq demo build.");
    }

    [Theory]
    [InlineData("web")]
    [InlineData("80")]
    [InlineData("70000")]
    public void A_port_that_cannot_be_is_refused(string port)
    {
        var (code, output) = Bash("\"$SERM\" status", ("SERM_PORT", port));
        code.ShouldBe(1);
        output.ShouldContain("SERM_PORT");
    }

    [Fact]
    public void Nothing_started_is_told_from_trouble()
    {
        Directory.Delete(data);
        Serm("down").ShouldBe((0, $"Nothing runs here: {data} does not exist.\n"));
        var (code, output) = Serm("status");
        code.ShouldBe(1);
        output.ShouldContain("./serm up starts it");
        Directory.CreateDirectory(data);
    }

    [Fact]
    public void Secrets_are_made_once_and_for_the_owner_alone()
    {
        const string Make = "source \"$ROOT/eng/serm/common.sh\"; make_secrets; stat -c %a \"$SERM_DATA/secrets\"; sha256sum \"$SERM_DATA/secrets\"; wc -w < \"$SERM_DATA/secrets\"";
        var first = Bash(Make);
        first.Output.ShouldStartWith("600\n");
        first.Output.ShouldEndWith("\n6\n");
        Bash(Make).ShouldBe(first);
    }

    [Fact]
    public void A_process_that_took_over_a_dead_services_id_is_left_alone()
    {
        using var stranger = Process.Start(new ProcessStartInfo("sleep", ["600"]) { UseShellExecute = false })!;
        try
        {
            Directory.CreateDirectory(Path.Combine(data, "run"));
            File.WriteAllText(Path.Combine(data, "run", "ingest"), string.Create(CultureInfo.InvariantCulture, $"{stranger.Id} 1@an-earlier-boot 0\n"));
            Serm("status").Output.ShouldContain("ingest       stopped");
            Serm("down").Code.ShouldBe(0);
            stranger.HasExited.ShouldBeFalse();
        }
        finally
        {
            stranger.Kill();
        }
    }

    // Asked with another SERM_PORT all of it looks dead, and up would stop and move it.
    [Theory]
    [InlineData("47101", "./serm up starts what is stopped")]
    [InlineData("47201", "It was started with SERM_PORT=47200, and SERM_PORT is 47100 now.")]
    public void Status_says_what_to_do_when_not_all_is_ready(string port, string advice)
    {
        var (code, output) = Bash($$"""
            source "$ROOT/eng/serm/common.sh"
            ASPNETCORE_URLS=http://127.0.0.1:{{port}} sleep 600 &
            remember ingest $! print
            "$SERM" status
            rc=$?
            kill $!
            exit $rc
            """);
        code.ShouldBe(1);
        output.ShouldContain("sentiment    stopped");
        output.ShouldContain(advice);
    }

    [Fact]
    public void A_process_of_ours_is_known_and_ended()
    {
        var (code, output) = Bash("""
            source "$ROOT/eng/serm/common.sh"
            sleep 600 &
            remember ingest $! print
            [[ $(pid_of ingest) == "$!" && $(fingerprint_of ingest) == print ]] || exit 1
            end $! 5
            [[ -z $(pid_of ingest) ]] && echo gone
            """);
        output.ShouldContain("gone");
        code.ShouldBe(0);
    }

    [Theory]
    [InlineData("Ingest__Polling__Concurrency")]
    [InlineData("RateLimits__Api__PerSecond")]
    [InlineData("Live__KeepHours")]
    [InlineData("Webhooks__TimeoutSeconds")]
    [InlineData("Sentiment__RecentMentions")]
    [InlineData("Alerts__MaxAgeHours")]
    [InlineData("Channels__TimeoutSeconds")]
    [InlineData("Logging__LogLevel__Default")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT")]
    public void A_setting_that_changes_changes_what_a_service_was_started_with(string setting)
    {
        var (code, output) = Bash($"""
            source "$ROOT/eng/serm/common.sh"; source "$ROOT/eng/serm/servers.sh"; source "$ROOT/eng/serm/services.sh"
            make_secrets; mkdir -p "$SERM_DATA/app"; echo 1 > "$SERM_DATA/app/current"
            before=$(fingerprint alerts)
            [[ $before == "$(fingerprint alerts)" ]] && echo same
            export {setting}=7
            [[ $before == "$(fingerprint alerts)" ]] || echo changed
            """);
        output.ShouldBe("same\nchanged\n");
        code.ShouldBe(0);
    }

    [Theory]
    [InlineData("", "serm: Port 47103, which Mentions needs, is taken")]
    [InlineData("http://127.0.0.1:48103", "serm: Port 47103, which Mentions needs, is taken")]
    [InlineData("http://127.0.0.1:47103", "servers\n")]
    public void A_port_that_somebody_else_has_is_told_before_anything_is_started(string ours, string told)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 47_103);
        taken.Start();
        var (_, output) = Bash(
            """
            eval "$(sed -e '/^ROOT=/d' -e '/^command=/,$d' "$SERM")"
            need_dotnet() { :; }; build_services() { :; }; start_services() { :; }; start_own_servers() { echo servers; }
            if [[ -n $ASPNETCORE_URLS ]]; then sleep 600 >/dev/null 2>&1 & remember mentions $! print; fi
            up
            """,
            ("ASPNETCORE_URLS", ours));
        output.ShouldStartWith(told);
        Serm("down").Code.ShouldBe(0);
    }

    [Fact]
    public void A_taken_port_of_the_metrics_is_told_before_anything_is_started()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 47_105);
        taken.Start();
        var (_, output) = Bash("""
            eval "$(sed -e '/^ROOT=/d' -e '/^command=/,$d' "$SERM")"
            need_dotnet() { :; }; build_services() { :; }; start_services() { :; }; start_own_servers() { echo servers; }
            up
            """);
        output.ShouldStartWith("serm: Port 47105, which the gateway's metrics needs, is taken");
    }

    [Theory]
    [InlineData("Healthy", true)]
    [InlineData("Degraded", false)]
    public async Task A_service_without_its_broker_is_not_ready_although_it_answers(string status, bool ready)
    {
        using var service = new TcpListener(IPAddress.Loopback, 0);
        service.Start();
        var answering = Task.Run(AnswerAsync, TestContext.Current.CancellationToken);

        var (_, output) = Bash($"source \"$ROOT/eng/serm/common.sh\"; healthy {((IPEndPoint)service.LocalEndpoint).Port} && echo ready || echo not ready");

        await answering;
        output.ShouldBe(ready ? "ready\n" : "not ready\n");

        async Task AnswerAsync()
        {
            using var client = await service.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
            await using var stream = client.GetStream();
            _ = await stream.ReadAsync(new byte[1000], TestContext.Current.CancellationToken);
            await stream.WriteAsync(
                System.Text.Encoding.ASCII.GetBytes($$$"""HTTP/1.1 200 OK{{{"\r\n"}}}Content-Type: application/json; charset=utf-8{{{"\r\n\r\n"}}}{"status":"{{{status}}}","checks":{"postgres":{"status":"Healthy","description":null},"masstransit-bus":{"status":"{{{status}}}","description":"x"} } }"""),
                TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public void The_broker_lives_in_a_folder_whatever_its_name()
    {
        var (code, output) = Bash("""
            source "$ROOT/eng/serm/common.sh"; source "$ROOT/eng/serm/rabbitmq.sh"
            NODE=serm rabbitmq_environment '/srv/a clone/rabbitmq' 5672 > "$SERM_DATA/environment"
            source "$SERM_DATA/environment"; echo "$HOME,$RABBITMQ_LOG_BASE,$RABBITMQ_SCHEMA_DIR,$RABBITMQ_DIST_PORT"
            """);
        output.ShouldBe("/srv/a clone/rabbitmq,/srv/a clone/rabbitmq/log,/srv/a clone/rabbitmq/schema,5673\n");
        code.ShouldBe(0);
    }

    [Fact]
    public void What_outlives_a_build_does_not_hold_up_the_next()
    {
        var (code, output) = Bash("""
            source "$ROOT/eng/serm/common.sh"; ROOT=$SERM_DATA
            printf '#!/bin/bash\nsleep 600 >/dev/null 2>&1 & echo $!\n' > "$SERM_DATA/dotnet"; chmod +x "$SERM_DATA/dotnet"; PATH=$SERM_DATA:$PATH
            server=$(compile tests/unit)
            flock -n "$SERM_DATA/artifacts/build.lock" echo free
            kill "$server"
            """);
        output.ShouldBe("free\n");
        code.ShouldBe(0);
    }

    private (int Code, string Output) Serm(string arguments) => Bash($"\"$SERM\" {arguments}");

    private (int Code, string Output) Bash(string script, params (string Name, string Value)[] environment)
    {
        var info = new ProcessStartInfo("bash", ["-c", script + "\n"]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        info.Environment["ROOT"] = Checkout.Root;
        info.Environment["SERM"] = Path.Combine(Checkout.Root, "serm");
        info.Environment["SERM_DATA"] = data;
        // A range that nothing else uses, so that a running instance is not seen.
        info.Environment["SERM_PORT"] = "47100";
        foreach (var (name, value) in environment)
        {
            info.Environment[name] = value;
        }

        using var process = Process.Start(info)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.GetAwaiter().GetResult());
    }
}
