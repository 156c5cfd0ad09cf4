using System.Text;
using Serm.Ingest.Connectors.Feed;

namespace Serm.Tests.Unit.Ingest.Feeds;

internal static class FeedSamples
{
    public static readonly DateTimeOffset Now = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);
    public static readonly Uri Address = new("https://blog.example.com/feeds/all.xml");

    public static FeedReading Reading(byte[] body, string? contentType = null) => FeedReader.Read(body, new(Now, Address, Address, contentType));

    public static FeedDocument Read(byte[] body, string? contentType = null) => Reading(body, contentType).ShouldBeOfType<FeedReading.Read>().Document;

    public static FeedDocument Read(string body) => Read(Encoding.UTF8.GetBytes(body));

    public static FeedReading.Refused Refused(string body) => Reading(Encoding.UTF8.GetBytes(body)).ShouldBeOfType<FeedReading.Refused>();

    public static FeedItem Item(string inside) => Read($"<rss version='2.0'><channel><title>t</title><item>{inside}</item></channel></rss>").Items.ShouldHaveSingleItem();

    public static FeedItem Entry(string inside) => Read($"<feed xmlns='http://www.w3.org/2005/Atom'><title>t</title><entry>{inside}</entry></feed>").Items.ShouldHaveSingleItem();

    static FeedSamples() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    public static byte[] In(string charset, string text) => Encoding.GetEncoding(charset).GetBytes(text);
}
