using Serm.Contracts;

namespace Serm.Mentions;

/// <summary>A mention that is looked at for topics.</summary>
/// <param name="Id">The mention.</param>
/// <param name="Story">The mention that leads its story; itself when it tells none, or leads it.</param>
/// <param name="Author">By whom; null when nobody is named.</param>
/// <param name="Source">Where.</param>
/// <param name="Label">As the inbox has it, 3 for unscored.</param>
/// <param name="Reach">People who can have seen it.</param>
/// <param name="Language">ISO code.</param>
/// <param name="AuthorName">As it is searched.</param>
/// <param name="AuthorHandle">As it is searched.</param>
/// <param name="Names">Where it names brands.</param>
internal sealed record TopicPost(
    Guid Id, Guid Story, Guid? Author, Guid Source, short Label, long? Reach, string Language, string? Title, string Text, string? AuthorName, string? AuthorHandle, IReadOnlyList<NameSpan> Names);

/// <summary>A mention cut into words.</summary>
/// <param name="Post">The mention.</param>
/// <param name="Story">The number of its story.</param>
/// <param name="Author">The number of its author; one of its own when nobody is named.</param>
/// <param name="Language">One bit for its language; of more than 63 the others share the last.</param>
/// <param name="Tokens">Its words by the numbers of their forms, in order; -1 between sentences.</param>
/// <param name="Words">All that it is found by, by the numbers of <see cref="TopicCorpus.Vocabulary"/>, each once.</param>
internal sealed record CutPost(TopicPost Post, int Story, int Author, ulong Language, int[] Tokens, int[] Words);
