using Serm.Sentiments.Training;

namespace Serm.Sentiments.Shadow;

/// <summary>The seed rows that the shipped model was trained on too. A workspace's model is held to what the shipped one says of them, so that a hundred corrections of one kind do not change what common words mean.</summary>
internal static class SeedTexts
{
    private static readonly Lazy<IReadOnlyList<Lesson>> Read = new(() =>
    {
        var (train, dev) = Seed.Split();
        return [.. train.Concat(dev).Select(r => new Lesson(r.Language, null, r.Text, null, null))];
    });

    /// <summary>In a fixed order.</summary>
    public static IReadOnlyList<Lesson> All => Read.Value;
}
