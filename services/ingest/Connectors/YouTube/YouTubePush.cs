using System.Xml;
using System.Xml.Linq;

namespace Serm.Ingest.Connectors.YouTube;

/// <summary>What YouTube's hub delivers: Atom with a channel's new and changed videos, or a deleted one (RFC 6721).</summary>
internal static class YouTubePush
{
    private static readonly XNamespace Atom = "http://www.w3.org/2005/Atom", Video = "http://www.youtube.com/xml/schemas/2015", Tombstone = "http://purl.org/atompub/tombstones/1.0";
    private static readonly XmlReaderSettings Safe = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = 1_000_000 };

    /// <summary>The topic of a channel.</summary>
    public static Uri Topic(string channel) => new($"https://www.youtube.com/xml/feeds/videos.xml?channel_id={Uri.EscapeDataString(channel)}");

    /// <summary>The videos of a delivery, to be asked for: it tells neither their descriptions nor their numbers. Nothing when it cannot be read: reading brings the comments all the same.</summary>
    public static Page Read(ReadOnlyMemory<byte> body, DateTimeOffset now)
    {
        try
        {
            using var stream = new MemoryStream(body.ToArray(), writable: false);
            using var reader = XmlReader.Create(stream, Safe);
            var feed = XElement.Load(reader);
            var told = feed.Elements(Atom + "entry").Select(e => e.Element(Video + "videoId")?.Value).OfType<string>().Where(id => id.Length is > 0 and <= 50);
            var deleted = feed.Elements(Tombstone + "deleted-entry").Select(e => e.Attribute("ref")?.Value.Split(':')[^1]).OfType<string>();
            return new([], null) { Named = [.. told.Select(id => $"video:{id}")], Removed = [.. deleted.Select(id => new RemovedPost($"video:{id}", now))], More = true };
        }
        catch (XmlException)
        {
            return Page.Nothing() with { More = true };
        }
    }
}
