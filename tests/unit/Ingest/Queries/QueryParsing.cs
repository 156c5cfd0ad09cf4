using Serm.Ingest.Queries;

namespace Serm.Tests.Unit.Ingest.Queries;

public sealed class QueryParsing
{
    [Theory]
    [InlineData("", "query_empty", 1, 0)]
    [InlineData("   ", "query_empty", 1, 3)]
    [InlineData("acme \"red shoes", "quote_open", 6, 10)]
    [InlineData("acme AND (red OR", "paren_open", 10, 1)]
    [InlineData("acme) red", "paren_unopened", 5, 1)]
    [InlineData("acme ()", "paren_empty", 6, 2)]
    [InlineData("AND acme", "operator_without_left", 1, 3)]
    [InlineData("acme OR", "operator_without_right", 6, 2)]
    [InlineData("acme AND", "operator_without_right", 6, 3)]
    [InlineData("acme NOT", "operator_without_right", 6, 3)]
    [InlineData("acme OR OR red", "operator_without_left", 9, 2)]
    [InlineData("acme NEAR/0 red", "near_distance", 6, 6)]
    [InlineData("acme NEAR red", "near_distance", 6, 4)]
    [InlineData("acme NEAR/101 red", "near_distance", 6, 8)]
    [InlineData("acme NEAR/5", "operator_without_right", 6, 6)]
    [InlineData("acme NEAR/5 (red AND blue)", "near_operand", 13, 1)]
    [InlineData("a*", "prefix_too_short", 1, 2)]
    [InlineData("*acme", "star_inside", 1, 5)]
    [InlineData("ac*m*e*s*x*y", "too_many_wildcards", 1, 12)]
    [InlineData("raw:\"Ac*\"", "star_inside", 1, 9)]
    [InlineData("acme NEAR/5x red", "near_distance", 6, 7)]
    [InlineData("acme ONEAR red", "near_distance", 6, 5)]
    [InlineData("\"red shoes\"~500", "near_distance", 12, 4)]
    [InlineData("acme followers>many", "number_invalid", 6, 14)]
    [InlineData("acme reach:10", "number_invalid", 6, 8)]
    [InlineData("acme title:", "field_empty", 6, 6)]
    [InlineData("acme lang:swedish", "lang_invalid", 6, 12)]
    [InlineData("#a*", "prefix_too_short", 1, 3)]
    [InlineData("acme lang:russian", "lang_invalid", 6, 12)]
    [InlineData("acme site:https://example.com/a", "site_invalid", 6, 26)]
    [InlineData("acme author:", "field_empty", 6, 7)]
    [InlineData("acme https://example.com", "field_unknown", 6, 19)]
    [InlineData("acme & red", "no_word", 6, 1)]
    [InlineData("NOT acme", "only_negative", 1, 8)]
    [InlineData("acme OR -red", "only_negative", 1, 12)]
    public void What_is_wrong_is_told_with_its_place(string query, string code, int column, int length)
    {
        var parsed = QueryParser.Parse(query);

        parsed.Root.ShouldBeNull();
        parsed.Errors.ShouldContain(e => e.Code == code && e.Column == column && e.Length == length, string.Join("; ", parsed.Errors));
    }

    [Fact]
    public void All_errors_are_told_at_once() =>
        QueryParser.Parse("a* AND lang: AND (\"c").Errors.Select(e => e.Code).ShouldBe(["prefix_too_short", "field_empty", "paren_open", "quote_open"], ignoreOrder: true);

    [Theory]
    [InlineData("acme and shoes", "lower_case_operator", 6)]
    [InlineData("the", "common_word", 1)]
    [InlineData("für", null, 0)]
    [InlineData("i", "common_word", 1)]
    [InlineData("ac*", "short_prefix", 1)]
    [InlineData("lang:ru", "no_words", 1)]
    [InlineData("acme author:\"anna karlsson\"~3", "slack_ignored", 6)]
    [InlineData("title:\"slow app\"~3", null, 0)]
    [InlineData("acme AND shoes", null, 0)]
    public void What_is_probably_not_meant_is_a_warning(string query, string? code, int column)
    {
        var parsed = QueryParser.Parse(query);

        parsed.Root.ShouldNotBeNull();
        (parsed.Warnings.SingleOrDefault()?.Code, parsed.Warnings.SingleOrDefault()?.Column ?? 0).ShouldBe((code, column));
    }

    [Fact]
    public void Limits_are_limits()
    {
        Code(new string('a', QueryParser.MaxLength + 1)).ShouldBe("query_too_long");
        Code(string.Join(' ', Enumerable.Repeat("ab", QueryParser.MaxTerms + 1))).ShouldBe("too_many_terms");
        Code(string.Join(' ', Enumerable.Repeat("ab", QueryParser.MaxTerms))).ShouldBeNull();
        Code(new string('(', 51) + "ab" + new string(')', 51)).ShouldBe("too_deep");
        Code(new string('(', 50) + "ab" + new string(')', 50)).ShouldBeNull();
        Code(new string('(', QueryParser.MaxLength)).ShouldBe("too_deep");
        Code(new string('-', QueryParser.MaxLength - 1) + "a").ShouldBe("too_deep");

        static string? Code(string query) => QueryParser.Parse(query).Errors.Select(e => e.Code).FirstOrDefault();
    }

    [Fact]
    public void Any_text_is_parsed_or_refused()
    {
        var random = new Random(11);
        string[] pieces = ["(", ")", "\"", "-", "*", "AND", "OR", "NOT", "NEAR/3", "NEAR/", "ONEAR/2", "~3", "?", "#", "@", "raw:", "title:", "url:", "followers>", "reach>10", "lang:", "site:a.b", "author:", "ä", "東京", " ", " ", "\ud83d", "\ufffe", "\udc4d", "a\u0301", ":", "\u201c", "word"];
        for (var i = 0; i < 20_000; i++)
        {
            var query = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => pieces[random.Next(pieces.Length)]));
            var parsed = QueryParser.Parse(query);
            (parsed.Root is null).ShouldBe(parsed.Errors.Count > 0, query);
            parsed.Errors.Concat(parsed.Warnings).ShouldAllBe(e => e.Column >= 1 && e.Length >= 0 && e.Column - 1 + e.Length <= query.Length, query);
        }
    }
}
