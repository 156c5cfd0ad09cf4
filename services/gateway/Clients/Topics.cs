namespace Serm.Gateway.Clients;

/// <summary>What is said of a brand, in a word or phrase; see the mentions service.</summary>
/// <param name="Q">Finds its mentions in the inbox.</param>
/// <param name="Rising">It is told by a larger share than before.</param>
/// <param name="Mentions">Of those looked at.</param>
/// <param name="MentionsBefore">Of those of the time before that were looked at.</param>
/// <param name="Also">Other words of the same mentions.</param>
/// <param name="Examples">One or two of its mentions.</param>
public sealed record TopicItem(
    string Text, string Q, string Language, bool Rising, double Score, int Mentions, int MentionsBefore, int Voices, int VoicesBefore, int Authors, int Sources, double? NegativeShare,
    IReadOnlyList<string> Also, IReadOnlyList<Guid> Examples);

/// <summary>A time whose mentions were looked at.</summary>
/// <param name="Mentions">How many there are.</param>
/// <param name="LookedAt">How many of them were looked at.</param>
/// <param name="Complete">All were that have a text.</param>
/// <param name="Voices">Their authors or stories, whichever are fewer.</param>
/// <param name="Blind">A source was blind in it.</param>
public sealed record TopicTime(DateTimeOffset From, DateTimeOffset To, long Mentions, int LookedAt, bool Complete, int Voices, bool Blind);

/// <summary>The story that most of those looked at tell.</summary>
public sealed record LargestStory(Guid Id, int Mentions, Guid Example);

/// <summary>What is said of a brand in a time, and not before; see the mentions service.</summary>
/// <param name="Compared">False when too little was said before.</param>
/// <param name="Farthest">The mention that most people can have seen.</param>
public sealed record TopicsData(
    Guid BrandId, string? Sentiment, TopicTime Now, TopicTime Before, bool Compared, int FewestVoices, IReadOnlyList<TopicItem> Topics, LargestStory? Story, Guid? Farthest);
