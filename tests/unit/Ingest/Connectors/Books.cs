using Microsoft.Extensions.DependencyInjection;
using Serm.Defaults;
using Serm.Ingest.Connectors;
using Serm.Ingest.Connectors.Feed;

namespace Serm.Tests.Unit.Ingest;

/// <summary>The connectors as the service has them.</summary>
internal static class Books
{
    public static readonly ConnectorBook All = new(new ServiceCollection().AddHttpClient().AddSingleton(TimeProvider.System).AddSingleton<FeedFetcher>().AddSingleton(OutboundGuard.FromList("127.0.0.1")).BuildServiceProvider());
}
