namespace Serm.Demo.Feeds;

/// <summary>In which shape a sample feed is served.</summary>
internal enum FeedShape
{
    Rss = 0,
    Rdf = 1,
    Atom = 2,
    Json = 3,
}

/// <summary>One of the invented sites.</summary>
/// <param name="Name">Stands in its addresses and in the lines of the samples.</param>
/// <param name="Title">As people call it.</param>
/// <param name="Language">ISO 639-1.</param>
/// <param name="Shape">Format of its feed.</param>
/// <param name="Charset">Encoding of its feed.</param>
/// <param name="DeclaresLanguage">False for a feed that leaves its language to be guessed, as many do.</param>
internal sealed record SampleFeed(string Name, string Title, string Language, FeedShape Shape, string Charset = "utf-8", bool DeclaresLanguage = true)
{
    /// <summary>All of them. Shapes and charsets differ, since they do in life.</summary>
    public static readonly IReadOnlyList<SampleFeed> All =
    [
        new("parcel-talk", "Parcel Talk Forum", "en", FeedShape.Rss),
        new("doorstep-diary", "Doorstep Diary: delivery reviews", "en", FeedShape.Atom, DeclaresLanguage: false),
        new("posylka", "Форум «Где посылка»", "ru", FeedShape.Rss, "windows-1251"),
        new("golos", "Голос покупателя: отзывы", "ru", FeedShape.Json),
        new("kargo-sohbet", "Kargo Sohbet Forumu", "tr", FeedShape.Rss, "iso-8859-9"),
        new("tuketici-defteri", "Tüketici Defteri: yorumlar", "tr", FeedShape.Atom),
        new("paketforum", "Paketforum", "sv", FeedShape.Rdf),
        new("grannsnack", "Grannsnack: omdömen från kvarteret", "sv", FeedShape.Json),
        new("hoi-van-chuyen", "Hội Vận Chuyển", "vi", FeedShape.Rss, DeclaresLanguage: false),
        new("danh-gia", "Sổ Đánh Giá Giao Hàng", "vi", FeedShape.Atom),
    ];

    /// <summary>The feed that is out of order for two minutes of each half hour, so that a gap is seen.</summary>
    public const string Flaky = "grannsnack";

    /// <summary>Path of the feed.</summary>
    public string Path => $"feeds/{Name}{(Shape == FeedShape.Json ? ".json" : ".xml")}";

    /// <summary>True while <see cref="Flaky"/> answers 503: minutes 12, 13, 42 and 43 of the hour.</summary>
    public bool IsDown(DateTimeOffset now) => Name == Flaky && (now.Minute % 30) is (12 or 13);
}
