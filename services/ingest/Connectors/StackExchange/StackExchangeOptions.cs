using System.ComponentModel.DataAnnotations;

namespace Serm.Ingest.Connectors.StackExchange;

/// <summary>What a Stack Exchange source takes.</summary>
public sealed class StackExchangeOptions
{
    /// <summary>The site.</summary>
    [Required(ErrorMessage = "Name the site.")]
    [MaxLength(100)]
    [Display(Name = "Site", Description = "As the API names it: stackoverflow, superuser, ru.stackoverflow, security.")]
    public string Site { get; set; } = "stackoverflow";

    /// <summary>What is searched for.</summary>
    [MaxLength(20)]
    [Display(Name = "Search words", Description = "One search a line, over titles and texts of questions. Answers and comments come with them.")]
    public string[] Terms { get; set; } = [];

    /// <summary>What is read wholly.</summary>
    [MaxLength(20)]
    [Display(Name = "Tags", Description = "All questions with the tag, one a line, with their answers and comments.")]
    public string[] Tags { get; set; } = [];

    /// <summary>The application's key.</summary>
    [Secret]
    [MaxLength(200)]
    [Display(Name = "API key", Description = "Raises the limit from 300 to 10,000 requests a day: stackapps.com/apps/oauth/register.")]
    public string Key { get; set; } = "";

    /// <summary>How far the first read goes back.</summary>
    [Advanced]
    [Range(0, 3_650)]
    [Display(Name = "Days of history", Description = "How far the first read goes back. Old posts alert nobody.")]
    public int HistoryDays { get; set; } = 7;

    /// <summary>Questions whose comments are read again.</summary>
    [Advanced]
    [Range(0, 100)]
    [Display(Name = "Questions followed", Description = "A comment does not bring its question up: the newest so many are read again each time, in one request.")]
    public int Followed { get; set; } = 100;

    /// <summary>The network's limit.</summary>
    [Advanced]
    [Range(1, 100_000)]
    [Display(Name = "Requests a day", Description = "300 without a key, 10,000 with one.")]
    public int RequestsPerDay { get; set; } = 300;

    /// <summary>Where the API is.</summary>
    [Advanced]
    [Required]
    [Url]
    [Display(Name = "Address of the API")]
    public string ApiUrl { get; set; } = "https://api.stackexchange.com";
}
