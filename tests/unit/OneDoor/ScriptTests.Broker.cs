namespace Serm.Tests.Unit.OneDoor;

/// <summary>What becomes of messages that a broker of another version left.</summary>
public sealed partial class ScriptTests
{
    private const string Left = """
        source "$ROOT/eng/serm/common.sh"; source "$ROOT/eng/serm/rabbitmq.sh"
        RABBITMQ_BIN=/usr/lib/rabbitmq/lib/rabbitmq_server-4.0.5/sbin
        folder=$SERM_DATA/rabbitmq; mkdir -p "$folder/log"; echo kept > "$folder/message"
        echo 'Starting RabbitMQ 3.10.8 on Erlang 25.2.3' > "$folder/log/a.log"

        """;

    [Fact]
    public void The_broker_that_left_messages_is_known_by_its_log_and_then_by_what_was_noted()
    {
        Bash(Left + """rabbitmq_here; rabbitmq_made "$folder"; echo 3.13.7 > "$folder/version"; rabbitmq_made "$folder"; rabbitmq_made "$folder/none" """).ShouldBe((0, "4.0.5\n3.10.8\n3.13.7\n"));
    }

    [Fact]
    public void What_a_broker_of_another_version_left_is_put_aside_when_no_message_is_in_it()
    {
        var (code, output) = Bash(Left + """echo 0 > "$folder/waiting"; leave_rabbitmq "$folder" 3.10.8; cat "$folder.3.10.8/message"; ls "$SERM_DATA" """);
        code.ShouldBe(0, output);
        output.ShouldBe($"begins anew: RabbitMQ 4.0.5 does not take over what 3.10.8 left, which had no messages in it and lies in {data}/rabbitmq.3.10.8.\nkept\nrabbitmq.3.10.8\n");
    }

    [Theory]
    [InlineData("50", "Messages in it: 50")]
    [InlineData("", "Messages in it: nobody counted them")]
    public void What_it_left_stays_where_it_is_while_messages_may_be_in_it(string waiting, string told)
    {
        var (code, output) = Bash(Left + $"""[[ -z '{waiting}' ]] || echo '{waiting}' > "$folder/waiting"; leave_rabbitmq "$folder" 3.10.8""");
        code.ShouldBe(1);
        output.ShouldContain($"RabbitMQ 4.0.5 does not start on what 3.10.8 left in {data}/rabbitmq. {told}.");
        output.ShouldContain($"mv {data}/rabbitmq {data}/rabbitmq.3.10.8\n");
        File.Exists(Path.Combine(data, "rabbitmq", "message")).ShouldBeTrue();
    }
}
