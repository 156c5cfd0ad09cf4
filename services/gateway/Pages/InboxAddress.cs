using Microsoft.AspNetCore.Components;

namespace Serm.Gateway.Pages;

/// <content>What the address says: the filters, and the open mention.</content>
public sealed partial class Inbox
{
    [SupplyParameterFromQuery(Name = "id")]
    private Guid[]? IdParameter { get; set; }

    [SupplyParameterFromQuery(Name = "brand")]
    private Guid[]? BrandParameter { get; set; }

    [SupplyParameterFromQuery(Name = "sentiment")]
    private string[]? SentimentParameter { get; set; }

    [SupplyParameterFromQuery(Name = "status")]
    private string? StatusParameter { get; set; }

    [SupplyParameterFromQuery(Name = "language")]
    private string[]? LanguageParameter { get; set; }

    [SupplyParameterFromQuery(Name = "source")]
    private Guid[]? SourceParameter { get; set; }

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

    [SupplyParameterFromQuery(Name = "story")]
    private Guid? StoryParameter { get; set; }

    [SupplyParameterFromQuery(Name = "author")]
    private Guid? AuthorParameter { get; set; }

    [SupplyParameterFromQuery(Name = "stories")]
    private string? StoriesParameter { get; set; }

    [SupplyParameterFromQuery(Name = "m")]
    private Guid? SelectedParameter { get; set; }

    private InboxFilter Asked => InboxFilter.Of(
        BrandParameter, SentimentParameter, StatusParameter, LanguageParameter, SourceParameter, QParameter, RangeParameter, FromParameter, ToParameter, SortParameter,
        OwnerParameter, TagParameter, SeverityParameter, SlaParameter, StoryParameter, AuthorParameter, IdParameter, StoriesParameter);
}
