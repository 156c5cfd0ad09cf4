using Microsoft.AspNetCore.Components;

namespace Serm.Gateway.Pages;

/// <content>What the address says: the filters, and the open mention.</content>
public sealed partial class Inbox
{
    [SupplyParameterFromQuery(Name = "id")]
    private string[]? IdParameter { get; set; }

    [SupplyParameterFromQuery(Name = "brand")]
    private string[]? BrandParameter { get; set; }

    [SupplyParameterFromQuery(Name = "sentiment")]
    private string[]? SentimentParameter { get; set; }

    [SupplyParameterFromQuery(Name = "status")]
    private string? StatusParameter { get; set; }

    [SupplyParameterFromQuery(Name = "language")]
    private string[]? LanguageParameter { get; set; }

    [SupplyParameterFromQuery(Name = "source")]
    private string[]? SourceParameter { get; set; }

    [SupplyParameterFromQuery(Name = "q")]
    private string? QParameter { get; set; }

    [SupplyParameterFromQuery(Name = "range")]
    private string? RangeParameter { get; set; }

    [SupplyParameterFromQuery(Name = "from")]
    private string? FromParameter { get; set; }

    [SupplyParameterFromQuery(Name = "to")]
    private string? ToParameter { get; set; }

    [SupplyParameterFromQuery(Name = "sort")]
    private string? SortParameter { get; set; }

    [SupplyParameterFromQuery(Name = "owner")]
    private string? OwnerParameter { get; set; }

    [SupplyParameterFromQuery(Name = "tag")]
    private string? TagParameter { get; set; }

    [SupplyParameterFromQuery(Name = "severity")]
    private string? SeverityParameter { get; set; }

    [SupplyParameterFromQuery(Name = "sla")]
    private string? SlaParameter { get; set; }

    [SupplyParameterFromQuery(Name = "reply")]
    private string? ReplyParameter { get; set; }

    [SupplyParameterFromQuery(Name = "story")]
    private string? StoryParameter { get; set; }

    [SupplyParameterFromQuery(Name = "author")]
    private string? AuthorParameter { get; set; }

    [SupplyParameterFromQuery(Name = "stories")]
    private string? StoriesParameter { get; set; }

    [SupplyParameterFromQuery(Name = "m")]
    private string? SelectedParameter { get; set; }

    private Guid? AskedFor => FromAddress.Id(SelectedParameter);

    private InboxFilter Asked => InboxFilter.Of(
        FromAddress.Ids(BrandParameter), SentimentParameter, StatusParameter, LanguageParameter, FromAddress.Ids(SourceParameter), QParameter, RangeParameter, FromParameter, ToParameter, SortParameter,
        OwnerParameter, TagParameter, SeverityParameter, SlaParameter, FromAddress.Id(StoryParameter), FromAddress.Id(AuthorParameter), FromAddress.Ids(IdParameter), StoriesParameter, ReplyParameter);
}
