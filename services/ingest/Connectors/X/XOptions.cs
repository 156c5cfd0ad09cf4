using System.ComponentModel.DataAnnotations;

namespace Serm.Ingest.Connectors.X;

/// <summary>What an X source takes.</summary>
public sealed class XOptions
{
    /// <summary>The application's token.</summary>
    [Secret]
    [Required(ErrorMessage = "Give the bearer token of your application.")]
    [MaxLength(500)]
    [Display(Name = "Bearer token", Description = "From the developer portal, of an application with a paid plan.")]
    public string BearerToken { get; set; } = "";

    /// <summary>How posts come.</summary>
    [AllowedValues("search", "stream", ErrorMessage = "Choose \"search\" or \"stream\".")]
    [Display(Name = "How posts come", Description = "\"search\": from now and then. \"stream\": as they are written, over the one connection that X allows an application; the searches become its rules, and mentions of accounts are read every quarter of an hour.")]
    public string Mode { get; set; } = "search";

    /// <summary>What is searched for.</summary>
    [MaxLength(50)]
    [Display(Name = "Searches", Description = "One a line, in X's own query language, such as acme -is:retweet. Each finds the last seven days.")]
    public string[] Queries { get; set; } = [];

    /// <summary>Accounts whose mentions are read.</summary>
    [MaxLength(50)]
    [Display(Name = "Own accounts", Description = "Numbers of the accounts whose mentions are read.")]
    public string[] Accounts { get; set; } = [];

    /// <summary>The most that may be spent.</summary>
    [Range(0, 1_000_000)]
    [Display(Name = "Dollars a month", Description = "Reading stops when they are spent. X charges for every post that it hands out.")]
    public decimal DollarsPerMonth { get; set; } = 100;

    /// <summary>The network's price.</summary>
    [Advanced]
    [Range(0, 10)]
    [Display(Name = "Dollars for a post")]
    public decimal DollarsPerPost { get; set; } = 0.005m;

    /// <summary>The network's price.</summary>
    [Advanced]
    [Range(0, 10)]
    [Display(Name = "Dollars for an author")]
    public decimal DollarsPerAuthor { get; set; } = 0.01m;

    /// <summary>How deletions are noticed.</summary>
    [Advanced]
    [AllowedValues("ask", "jobs", ErrorMessage = "Choose \"ask\" or \"jobs\".")]
    [Display(Name = "How deletions are noticed", Description = "\"ask\": posts are asked for again, which notices edits and reactions too and costs as much as reading. \"jobs\": by X's compliance jobs, which cost nothing and tell deletions only.")]
    public string Deletions { get; set; } = "ask";

    /// <summary>Posts of a page.</summary>
    [Advanced]
    [Range(10, 100)]
    [Display(Name = "Posts in a request", Description = "Fewer keep the reserve small that is set aside before each request.")]
    public int PageSize { get; set; } = 50;

    /// <summary>How far the first read goes back.</summary>
    [Advanced]
    [Range(0, 6)]
    [Display(Name = "Days of history", Description = "How far the first read goes back. Old posts alert nobody, and cost as much.")]
    public int HistoryDays { get; set; }

    /// <summary>The network's limit.</summary>
    [Advanced]
    [Range(1, 10_000)]
    [Display(Name = "Requests in 15 minutes")]
    public int RequestsPerQuarter { get; set; } = 300;

    /// <summary>Where the API is.</summary>
    [Advanced]
    [Required]
    [Url]
    [Display(Name = "Address of the API")]
    public string ApiUrl { get; set; } = "https://api.x.com";
}
