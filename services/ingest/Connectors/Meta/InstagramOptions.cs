using System.ComponentModel.DataAnnotations;

namespace Serm.Ingest.Connectors.Meta;

/// <summary>What an Instagram source takes.</summary>
public sealed class InstagramOptions : MetaOptions
{
    /// <summary>The account.</summary>
    [Required(ErrorMessage = "Give the id of your account.")]
    [RegularExpression(@"\d{1,30}", ErrorMessage = "An account's id is a number: ask /{page id}?fields=instagram_business_account.")]
    [Display(Name = "Account", Description = "The number of your own business or creator account, linked to a Page. Calls for mentions bring what mentions it.")]
    public string Account { get; set; } = "";

    /// <summary>Whether own posts are read.</summary>
    [Display(Name = "Own posts and comments", Description = "The newest posts of the account, and all comments under them.")]
    public bool Own { get; set; } = true;

    /// <summary>Whether posts of others are read.</summary>
    [Display(Name = "Posts that tag the account", Description = "Public posts of others in which the account is tagged.")]
    public bool Tagged { get; set; } = true;

    /// <summary>Tags whose public posts are read.</summary>
    [MaxLength(30)]
    [Display(Name = "Hashtags", Description = "One a line, without #. Posts of the last day, without their authors: Instagram does not say. Needs Instagram Public Content Access. At most 30 different ones in 7 days for an account.")]
    public string[] Hashtags { get; set; } = [];

    /// <summary>How many posts are followed.</summary>
    [Advanced]
    [Range(1, 100)]
    [Display(Name = "Followed posts", Description = "Comments are read under so many of the newest posts.")]
    public int FollowedPosts { get; set; } = 50;

    /// <summary>The network's limit.</summary>
    [Advanced]
    [Range(1, 1_000)]
    [Display(Name = "Hashtags in 7 days", Description = "So many different ones may an account ask for.")]
    public int HashtagsPerWeek { get; set; } = 30;
}
