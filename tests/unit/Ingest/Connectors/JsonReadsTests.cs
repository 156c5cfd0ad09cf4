using System.Text;
using System.Text.Json;
using Serm.Defaults;
using Serm.Ingest.Connectors;
using Serm.Ingest.Sources;

namespace Serm.Tests.Unit.Ingest.Connectors;

public sealed class JsonReadsTests
{
    [Theory]
    [InlineData(@"cut short \ud83d", "cut short \uFFFD")]
    [InlineData(@"\ude00 acme \uD83D\uDE00 \\ud83d\n\""", "\uFFFD acme \U0001F600 \\ud83d\n\"")]
    [InlineData(@"\\\ud83d\ud83d\ude00", "\\\uFFFD\U0001F600")]
    public void Half_a_pair_costs_only_itself(string written, string text) => JsonElement.Parse($$"""{"text": "{{written}}"}""").Text("text").ShouldBe(text);

    [Fact]
    public void Bytes_that_are_no_letters_cost_only_themselves() =>
        JsonElement.Parse([.. "{\"text\": \"acme "u8, 0xC3, .. "!\"}"u8]).Text("text").ShouldBe("acme \uFFFD!");

    [Fact]
    public void Half_a_pair_is_neither_a_number_nor_a_time()
    {
        var half = JsonElement.Parse(@"{""a"": ""\ud83d""}");
        half.Long("a").ShouldBeNull();
        half.Time("a").ShouldBeNull();
    }

    [Fact]
    public void Half_a_pair_in_a_network_s_call_is_read_like_the_rest()
    {
        var call = new HookCall("POST", new Dictionary<string, string>(StringComparer.Ordinal), new Dictionary<string, string>(StringComparer.Ordinal), Encoding.UTF8.GetBytes(@"{""secret"": ""\ud83d""}"));
        Serm.Ingest.Connectors.VKontakte.VkCallback.Receive(call, new() { CallbackSecret = "right" }, default).ShouldBeOfType<HookAnswer.Refused>().Status.ShouldBe(403);
    }

    [Fact]
    public void Half_a_pair_in_an_option_is_refused_by_its_name() =>
        Should.Throw<RuleViolation>(() => SourceRequest.Check(new AddSourceRequest("vk", null, Options: JsonElement.Parse(@"{""apiUrl"": ""\ud83d"", ""terms"": [""a \ud83d""]}"), Credentials: JsonElement.Parse(@"{""accessToken"": ""x""}")), Books.All)).Field.ShouldBe("options.apiUrl");
}
