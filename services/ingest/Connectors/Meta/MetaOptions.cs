using System.ComponentModel.DataAnnotations;

namespace Serm.Ingest.Connectors.Meta;

/// <summary>What sources of the Graph API have in common.</summary>
public abstract class MetaOptions
{
    /// <summary>For all calls.</summary>
    [Secret]
    [Required(ErrorMessage = "Give an access token.")]
    [MaxLength(1_000)]
    [Display(Name = "Access token", Description = "A token of the Page, made from a long-lived user token: such tokens do not end by themselves, but the access to data does after 90 days.")]
    public string AccessToken { get; set; } = "";

    /// <summary>The application.</summary>
    [MaxLength(50)]
    [RegularExpression(@"\d+", ErrorMessage = "An application's id is a number.")]
    [Display(Name = "App id", Description = "With it and the secret Serm asks Meta when the token ends, and says so before it does.")]
    public string? AppId { get; set; }

    /// <summary>Proves calls of Meta, and ours.</summary>
    [Secret]
    [MaxLength(200)]
    [Display(Name = "App secret", Description = "Meta signs its calls with it. Without it Serm takes none, and only asks.")]
    public string AppSecret { get; set; } = "";

    /// <summary>What Meta repeats when the address is entered.</summary>
    [Secret]
    [MaxLength(200)]
    [Display(Name = "Verify token", Description = "Any words of your own. Enter them, and /hooks/{id of the source} as the address, under Webhooks of your application.")]
    public string VerifyToken { get; set; } = "";

    /// <summary>How far the first read goes back.</summary>
    [Advanced]
    [Range(0, 365)]
    [Display(Name = "Days of history", Description = "How far the first read of posts by others goes back. Old posts alert nobody.")]
    public int HistoryDays { get; set; } = 7;

    /// <summary>The least that the network allows.</summary>
    [Advanced]
    [Range(1, 100_000)]
    [Display(Name = "Calls an hour", Description = "Meta's own limit depends on your audience. Serm also stops when the usage that Meta tells comes near to it.")]
    public int CallsPerHour { get; set; } = 600;

    /// <summary>Version of the API.</summary>
    [Advanced]
    [RegularExpression(@"v\d{1,3}\.\d", ErrorMessage = "A version looks like v26.0.")]
    [Display(Name = "Version of the API")]
    public string Version { get; set; } = "v26.0";

    /// <summary>Where the API is.</summary>
    [Advanced]
    [Required]
    [Url]
    [Display(Name = "Address of the API")]
    public string ApiUrl { get; set; } = "https://graph.facebook.com";
}
