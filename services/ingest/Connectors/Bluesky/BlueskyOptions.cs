using System.ComponentModel.DataAnnotations;

namespace Serm.Ingest.Connectors.Bluesky;

/// <summary>What a Bluesky source takes.</summary>
public sealed class BlueskyOptions
{
    /// <summary>Search, or the stream of everything.</summary>
    [AllowedValues("search", "stream", ErrorMessage = "Choose \"search\" or \"stream\".")]
    [Display(Name = "How posts come", Description = "\"stream\": every public post within a second, matched here against your brands, without an account. \"search\": what the search words find, with authors and reactions, from now and then.")]
    public string Mode { get; set; } = "stream";

    /// <summary>What is searched for.</summary>
    [MaxLength(50)]
    [Display(Name = "Search words", Description = "One search a line; needed for \"search\".")]
    public string[] Terms { get; set; } = [];

    /// <summary>The account that searches.</summary>
    [MaxLength(300)]
    [Display(Name = "Handle", Description = "Of the account that searches, such as acme.bsky.social.")]
    public string Handle { get; set; } = "";

    /// <summary>Its app password.</summary>
    [Secret]
    [MaxLength(200)]
    [Display(Name = "App password", Description = "From Settings, Privacy and security, App passwords. Not the account's own password.")]
    public string AppPassword { get; set; } = "";

    /// <summary>How far the first search goes back.</summary>
    [Advanced]
    [Range(0, 365)]
    [Display(Name = "Days of history", Description = "How far the first search goes back. Old posts alert nobody.")]
    public int HistoryDays { get; set; } = 1;

    /// <summary>The network's limit.</summary>
    [Advanced]
    [Range(1, 10_000)]
    [Display(Name = "Requests in 5 minutes")]
    public int RequestsPerFiveMinutes { get; set; } = 3_000;

    /// <summary>Where the account lives.</summary>
    [Advanced]
    [Required]
    [Url]
    [Display(Name = "Address of the account's server")]
    public string Service { get; set; } = "https://bsky.social";

    /// <summary>Where the stream is.</summary>
    [Advanced]
    [Required]
    [Url]
    [Display(Name = "Address of the Jetstream server", Description = "Of Bluesky, or one of your own.")]
    public string Jetstream { get; set; } = "https://jetstream2.us-east.bsky.network";

    /// <summary>Which of the two protocols the server speaks.</summary>
    [Advanced]
    [AllowedValues("v1", "v2", ErrorMessage = "Choose \"v1\" or \"v2\".")]
    [Display(Name = "Jetstream protocol", Description = "v2 says when a cursor is too old; v1 is understood by every server.")]
    public string Protocol { get; set; } = "v1";

    /// <summary>How far the server's memory goes back.</summary>
    [Advanced]
    [Range(1, 1_000)]
    [Display(Name = "Hours that the stream can be caught up with")]
    public int LookbackHours { get; set; } = 36;
}
