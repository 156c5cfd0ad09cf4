namespace Serm.Demo.Feeds;

/// <summary>A post as it stands on a sample site at some moment.</summary>
/// <param name="Id">Unique over all sites.</param>
/// <param name="Feed">Its site.</param>
/// <param name="Author">A pseudonym.</param>
/// <param name="Title">One line; null when there is none.</param>
/// <param name="Text">Plain text with line breaks.</param>
/// <param name="Published">UTC.</param>
/// <param name="Edited">UTC; null when it was not edited.</param>
internal sealed record Entry(string Id, string Feed, string Author, string? Title, string Text, DateTimeOffset Published, DateTimeOffset? Edited = null)
{
    /// <summary>The later of publication and edit.</summary>
    public DateTimeOffset Changed => Edited ?? Published;
}
