using System.ComponentModel.DataAnnotations;

namespace Serm.Ingest.Connectors.Odnoklassniki;

/// <summary>What an Odnoklassniki source takes.</summary>
public sealed class OkOptions
{
    /// <summary>Groups whose topics and comments are read.</summary>
    [Required]
    [MinLength(1, ErrorMessage = "Give at least one group.")]
    [MaxLength(50)]
    [Display(Name = "Own groups", Description = "Numbers of groups in which the token's account moderates, one a line. Odnoklassniki has no search over other people's posts.")]
    public string[] Groups { get; set; } = [];

    /// <summary>The application's public key.</summary>
    [Required(ErrorMessage = "Give the public key of your application.")]
    [MaxLength(200)]
    [Display(Name = "Public key of the application")]
    public string ApplicationKey { get; set; } = "";

    /// <summary>Calls are signed with it.</summary>
    [Secret]
    [Required(ErrorMessage = "Give the secret key of your application.")]
    [MaxLength(200)]
    [Display(Name = "Secret key of the application")]
    public string ApplicationSecret { get; set; } = "";

    /// <summary>Whose calls they are.</summary>
    [Secret]
    [Required(ErrorMessage = "Give an access token.")]
    [MaxLength(500)]
    [Display(Name = "Access token", Description = "An eternal token of an account that moderates the groups, with the rights VALUABLE_ACCESS and GROUP_CONTENT: Odnoklassniki grants them on request.")]
    public string AccessToken { get; set; } = "";

    /// <summary>How many topics are followed.</summary>
    [Advanced]
    [Range(1, 100)]
    [Display(Name = "Followed topics", Description = "Comments are read under so many of each group's newest topics.")]
    public int FollowedTopics { get; set; } = 50;

    /// <summary>The network publishes no limit.</summary>
    [Advanced]
    [Range(1, 20)]
    [Display(Name = "Requests a second")]
    public int RequestsPerSecond { get; set; } = 3;

    /// <summary>Where the API is.</summary>
    [Advanced]
    [Required]
    [Url]
    [Display(Name = "Address of the API")]
    public string ApiUrl { get; set; } = "https://api.ok.ru";
}
