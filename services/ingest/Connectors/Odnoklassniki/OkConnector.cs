using System.Globalization;
using System.Text.Json;
using Serm.Defaults;

namespace Serm.Ingest.Connectors.Odnoklassniki;

/// <summary>Odnoklassniki: topics of own groups and the comments under them. A group's topics say how many comments each has; where that changed, they are read.</summary>
internal sealed class OkConnector : IPulled, IRechecked
{
    private const string CommentPage = "100";

    public ConnectorCard Card { get; } = new(
        "ok",
        "Odnoklassniki",
        "Topics and comments of your own groups. Odnoklassniki has no search over what others write.",
        "https://apiok.ru/en/dev/methods/",
        typeof(OkOptions),
        Ability.OwnChannels | Ability.Backfill | Ability.Edits | Ability.Deletes | Ability.Engagement);

    public int RecheckBatch => 20;

    public IReadOnlyList<RateLimit> Limits(Settings settings) => [new("requests a second", settings.As<OkOptions>().RequestsPerSecond, TimeSpan.FromSeconds(1))];

    public Uri? Address(Settings settings) => new(settings.As<OkOptions>().ApiUrl);

    public string NameOf(Settings settings) => $"Odnoklassniki: {string.Join(", ", settings.As<OkOptions>().Groups)}";

    public void Check(Settings settings)
    {
        if (Array.Find(settings.As<OkOptions>().Groups, g => !long.TryParse(g, NumberStyles.None, CultureInfo.InvariantCulture, out _)) is { } wrong)
        {
            throw RuleViolation.Invalid("options.groups", "option_invalid", $"\"{wrong}\" is no number of a group. It stands in the group's address, or in its settings.");
        }
    }

    public async Task<Page> ReadAsync(Reading reading, CancellationToken cancellationToken)
    {
        var groups = reading.Options<OkOptions>().Groups;
        return await reading.StateAs<Rounds<Followed>>().ReadAsync(
            groups,
            async (group, lane) =>
            {
                var (posts, after) = lane.Pending.Count == 0 ? await TopicsAsync(reading, group, lane, cancellationToken) : await CommentsAsync(reading, group, lane, cancellationToken);
                return (new Page(posts, null), after, after.More());
            },
            (lane, _) => lane.Past() is { } rest ? (rest, rest.More()) : null,
            lane => lane.Anew());
    }

    public async Task<Page> RecheckAsync(Reading reading, IReadOnlyList<string> nativeIds, CancellationToken cancellationToken)
    {
        var (found, unseen) = (new List<NetworkPost>(), new List<string>());
        var topics = nativeIds.Where(i => !i.Contains('/', StringComparison.Ordinal)).ToList();
        if (topics.Count > 0)
        {
            var answer = await OkApi.CallAsync(reading, "mediatopic.getByIds", "recheck", [("topic_ids", string.Join(',', topics)), ("fields", "media_topic.*,user.*,group.*")], cancellationToken);
            var authors = OkPosts.Authors(answer);
            found.AddRange(answer.Items("media_topics").Select(t => OkPosts.Topic(t, null, authors, reading.Now)).OfType<NetworkPost>());
        }

        // Comments can only be asked for one by one.
        foreach (var id in nativeIds.Except(topics, StringComparer.Ordinal))
        {
            try
            {
                var (topic, comment) = (id[..id.IndexOf('/', StringComparison.Ordinal)], id[(id.IndexOf('/', StringComparison.Ordinal) + 1)..]);
                var answer = await OkApi.CallAsync(reading, "discussions.getComment", "recheck", [("discussionId", topic), ("discussionType", "GROUP_TOPIC"), ("comment_id", comment), ("fields", "comment.*,user.*")], cancellationToken);
                if (answer.At("comment") is { } there && OkPosts.Comment(there, topic, null, OkPosts.Authors(answer), reading.Now) is { } post)
                {
                    found.Add(post);
                }
            }
            catch (NetworkFailure failure) when (failure.Code == OkApi.Gone)
            {
                // What is asked for and not found is gone, below.
            }
            catch (NetworkFailure failure) when (failure.OnlyThis)
            {
                unseen.Add(id);
            }
        }

        return new(found, null) { Removed = [.. nativeIds.Except(unseen, StringComparer.Ordinal).Except(found.Select(p => p.NativeId), StringComparer.Ordinal).Select(id => new RemovedPost(id, reading.Now))] };
    }

    private static async Task<(List<NetworkPost>, Followed)> TopicsAsync(Reading reading, string group, Followed lane, CancellationToken cancellationToken)
    {
        var most = reading.Options<OkOptions>().FollowedTopics;
        var answer = await OkApi.CallAsync(reading, "mediatopic.getTopics", $"group {group}", [("gid", group), ("count", most.ToString(CultureInfo.InvariantCulture)), ("anchor", lane.Next), ("fields", "media_topic.*,discussion_summary.*,user.*,group.*")], cancellationToken);
        var (topics, authors) = (answer.Items("media_topics").ToList(), OkPosts.Authors(answer));
        return ([.. topics.Select(t => OkPosts.Topic(t, group, authors, reading.Now)).OfType<NetworkPost>()], lane.Listed(topics.Where(t => t.Text("id") is not null).Select(t => (t.Text("id")!, OkPosts.Comments(t))), Next(answer), most));
    }

    private static async Task<(List<NetworkPost>, Followed)> CommentsAsync(Reading reading, string group, Followed lane, CancellationToken cancellationToken)
    {
        var topic = lane.Pending[0];
        var answer = await OkApi.CallAsync(
            reading,
            "discussions.getComments",
            $"group {group}",
            [("discussionId", topic), ("discussionType", "GROUP_TOPIC"), ("direction", "FORWARD"), ("count", CommentPage), ("anchor", lane.Next), ("fields", "comment.*,user.*")],
            cancellationToken);
        var authors = OkPosts.Authors(answer);
        var posts = answer.Items("comments").Select(c => OkPosts.Comment(c, topic, group, authors, reading.Now)).OfType<NetworkPost>().ToList();
        return (posts, lane.After(posts.Count > 0 ? Next(answer) : null));
    }

    private static string? Next(JsonElement answer) => answer.Flag("has_more") ? answer.Text("anchor") : null;
}
