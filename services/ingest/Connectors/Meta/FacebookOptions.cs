using System.ComponentModel.DataAnnotations;

namespace Serm.Ingest.Connectors.Meta;

/// <summary>What a Facebook source takes.</summary>
public sealed class FacebookOptions : MetaOptions
{
    /// <summary>The Page.</summary>
    [Required(ErrorMessage = "Give the id of your Page.")]
    [RegularExpression(@"\d{1,30}", ErrorMessage = "A Page's id is a number: see About, Page transparency.")]
    [Display(Name = "Page", Description = "The number of your own Page. Posts, what visitors write on it, and all comments are read.")]
    public string Page { get; set; } = "";

    /// <summary>Whether posts of others are read.</summary>
    [Display(Name = "Posts that tag the Page", Description = "Public posts of others in which the Page is tagged. Meta has no search over other people's posts.")]
    public bool Tagged { get; set; } = true;

    /// <summary>How many posts are followed.</summary>
    [Advanced]
    [Range(1, 100)]
    [Display(Name = "Followed posts", Description = "Comments are read under so many of the newest posts.")]
    public int FollowedPosts { get; set; } = 50;
}
