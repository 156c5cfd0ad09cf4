using System.Globalization;
using Serm.Defaults;

namespace Serm.Ingest.Posts;

/// <summary>Ids that every repeat gives again.</summary>
internal static class MentionIds
{
    private static readonly Guid Mentions = new("6f1d1c1e-0a54-5d0b-9a3e-52f1b1f0c0a1");
    private static readonly Guid Messages = new("b3c1d7e2-58a9-5f0c-8f6d-0b7c2a94d9e7");

    /// <summary>The mention of a post for a brand.</summary>
    public static Guid Mention(string workspace, Guid brand, string sourceKind, string nativeId) =>
        NameBasedGuid.Create(Mentions, workspace, brand.ToString(), sourceKind, nativeId);

    /// <summary>The message that tells a revision of a mention.</summary>
    public static Guid Message(Guid mention, int revision) => Message(mention, revision.ToString(CultureInfo.InvariantCulture));

    /// <summary>The message that tells something else of a mention.</summary>
    public static Guid Message(Guid mention, string what) => NameBasedGuid.Create(Messages, mention.ToString(), what);
}
