using System.ComponentModel.DataAnnotations;

namespace Serm.Ingest.Connectors.Lemmy;

/// <summary>What a Lemmy source takes.</summary>
public sealed class LemmyOptions
{
    /// <summary>The server that is asked.</summary>
    [Required(ErrorMessage = "Give the address of a server, such as https://lemmy.world.")]
    [Url]
    [Display(Name = "Server", Description = "It sees its own communities and those of other servers that somebody there follows.")]
    public string Server { get; set; } = "https://lemmy.world";

    /// <summary>Communities that are read whole.</summary>
    [MaxLength(50)]
    [Display(Name = "Communities", Description = "One a line, such as acme, or acme@lemmy.ml for one of another server. All new posts and comments are read.")]
    public string[] Communities { get; set; } = [];

    /// <summary>What is searched for.</summary>
    [MaxLength(50)]
    [Display(Name = "Search words", Description = "One search a line, over posts and comments.")]
    public string[] Terms { get; set; } = [];

    /// <summary>For servers that show nothing to strangers.</summary>
    [Secret]
    [MaxLength(2_000)]
    [Display(Name = "Access token", Description = "The JWT of an account on the server. Only private servers ask for one.")]
    public string AccessToken { get; set; } = "";

    /// <summary>How far the first read goes back.</summary>
    [Advanced]
    [Range(0, 3_650)]
    [Display(Name = "Days of history", Description = "How far the first read goes back. Old posts alert nobody.")]
    public int HistoryDays { get; set; } = 1;

    /// <summary>How late a post of another server may arrive.</summary>
    [Advanced]
    [Range(0, 1_440)]
    [Display(Name = "Minutes of overlap", Description = "Posts of other servers arrive late and with their old date: each read goes so far below the newest known post.")]
    public int OverlapMinutes { get; set; } = 15;

    /// <summary>The server's limit.</summary>
    [Advanced]
    [Range(1, 10_000)]
    [Display(Name = "Requests a minute", Description = "A server's own setting; 180 messages a minute is Lemmy's default.")]
    public int RequestsPerMinute { get; set; } = 60;

    /// <summary>The server's limit.</summary>
    [Advanced]
    [Range(1, 10_000)]
    [Display(Name = "Searches in 10 minutes", Description = "A server's own setting; 60 is Lemmy's default.")]
    public int SearchesPerTenMinutes { get; set; } = 60;
}
