using System.ComponentModel.DataAnnotations;

namespace Serm.Ingest.Connectors.VKontakte;

/// <summary>What a VKontakte source takes.</summary>
public sealed class VkOptions
{
    /// <summary>For all calls.</summary>
    [Secret]
    [Display(Name = "Access token", Description = "A service token of your application for search, a community token with the right \"wall\" for your own communities.")]
    [MaxLength(500)]
    public string AccessToken { get; set; } = "";

    /// <summary>What is searched for over the whole network.</summary>
    [Display(Name = "Search words", Description = "One search a line, over all public posts. Each is read by itself; what your brands' queries do not take is passed over.")]
    [MaxLength(50, ErrorMessage = "At most 50 searches in a source. Add a second source.")]
    public string[] Terms { get; set; } = [];

    /// <summary>Ids of own communities or walls.</summary>
    [Display(Name = "Own communities", Description = "Ids of the communities whose posts and comments are read, such as 1234567. A person's wall is written as user1234567.")]
    [MaxLength(50, ErrorMessage = "At most 50 communities in a source. Add a second source.")]
    public string[] Communities { get; set; } = [];

    /// <summary>Ids of own communities.</summary>
    [Display(Name = "Discussions", Description = "Ids of the communities whose discussions are read. They must be switched on there.")]
    [MaxLength(50, ErrorMessage = "At most 50 communities in a source. Add a second source.")]
    public string[] Discussions { get; set; } = [];

    /// <summary>What VKontakte waits for when it tries the address.</summary>
    [Display(Name = "Confirmation string", Description = "From the community's Callback API settings; needed only when VKontakte shall call Serm.")]
    [MaxLength(100)]
    public string Confirmation { get; set; } = "";

    /// <summary>What VKontakte sends along with each call.</summary>
    [Secret]
    [Display(Name = "Callback secret", Description = "The secret key that you set in the community's Callback API settings.")]
    [MaxLength(100)]
    public string CallbackSecret { get; set; } = "";

    /// <summary>Whether answers are sent.</summary>
    [Sends]
    [Display(Name = "Answer", Description = "Answers to mentions are sent through this source, in the name of the community whose wall it is. Needs a community token with the right \"wall\"; discussions, and walls of others, a person's token. A service token cannot write.")]
    public bool Replies { get; set; }

    /// <summary>How far the first read goes back.</summary>
    [Advanced]
    [Range(0, 365)]
    [Display(Name = "Days of history", Description = "How far the first read goes back. Old posts alert nobody.")]
    public int HistoryDays { get; set; } = 1;

    /// <summary>How many of a community's newest posts have their comments followed.</summary>
    [Advanced]
    [Range(1, 100)]
    [Display(Name = "Posts whose comments are followed", Description = "Of each community, the newest so many; of its discussions, as many topics.")]
    public int FollowedPosts { get; set; } = 50;

    /// <summary>The network's limit.</summary>
    [Advanced]
    [Range(1, 20)]
    [Display(Name = "Requests a second", Description = "3 for a user's token, 20 for a community's or a service token.")]
    public int RequestsPerSecond { get; set; } = 3;

    /// <summary>Where the API is.</summary>
    [Advanced]
    [Url]
    [Required]
    [Display(Name = "Address of the API")]
    public string ApiUrl { get; set; } = "https://api.vk.com";
}
