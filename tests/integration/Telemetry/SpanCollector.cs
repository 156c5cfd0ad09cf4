using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Serm.Tests.Integration.Telemetry;

/// <summary>A span as it arrived.</summary>
/// <param name="Service">Resource attribute <c>service.name</c>.</param>
/// <param name="Name">Name of the span.</param>
/// <param name="TraceId">Hex, 32 digits.</param>
internal sealed record CollectedSpan(string Service, string Name, string TraceId);

/// <summary>An OTLP/HTTP receiver on loopback that keeps what it is sent (opentelemetry-proto 1.x, <c>ExportTraceServiceRequest</c>).</summary>
internal sealed class SpanCollector : IAsyncDisposable
{
    private readonly WebApplication app;

    private SpanCollector(WebApplication app) => this.app = app;

    public ConcurrentBag<CollectedSpan> Spans { get; } = [];

    public int LogRecords { get; private set; }

    public int Metrics { get; private set; }

    public string Address => app.Urls.First();

    public static async Task<SpanCollector> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var collector = new SpanCollector(builder.Build());
        collector.app.MapPost("/v1/traces", async (HttpContext c) => collector.Take(await BodyAsync(c)));
        collector.app.MapPost("/v1/logs", () => collector.LogRecords++);
        collector.app.MapPost("/v1/metrics", () => collector.Metrics++);
        await collector.app.StartAsync(cancellationToken);
        return collector;
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private static async Task<byte[]> BodyAsync(HttpContext context)
    {
        using var copy = new MemoryStream();
        await context.Request.Body.CopyToAsync(copy);
        return copy.ToArray();
    }

    private void Take(byte[] request)
    {
        foreach (var resourceSpans in Fields(request, 1))
        {
            var service = Fields(resourceSpans, 1).SelectMany(resource => Fields(resource, 1)).Where(a => Text(a, 1) == "service.name").Select(a => Text(Fields(a, 2).First(), 1)).FirstOrDefault() ?? "";
            foreach (var span in Fields(resourceSpans, 2).SelectMany(scope => Fields(scope, 2)))
            {
                Spans.Add(new(service, Text(span, 5), Convert.ToHexStringLower(Fields(span, 1).First())));
            }
        }
    }

    private static string Text(byte[] message, int field) => Encoding.UTF8.GetString(Fields(message, field).FirstOrDefault() ?? []);

    /// <summary>The length-delimited fields of a protobuf message that have a number.</summary>
    private static IEnumerable<byte[]> Fields(byte[] message, int number)
    {
        for (var at = 0; at < message.Length;)
        {
            var key = Varint(message, ref at);
            switch (key & 7)
            {
                case 0:
                    Varint(message, ref at);
                    break;
                case 1:
                    at += sizeof(ulong);
                    break;
                case 5:
                    at += sizeof(uint);
                    break;
                case 2:
                    var length = (int)Varint(message, ref at);
                    if ((int)(key >> 3) == number)
                    {
                        yield return message[at..(at + length)];
                    }

                    at += length;
                    break;
                default:
                    throw new InvalidDataException($"Wire type {key & 7} at {at}");
            }
        }
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var b = message[at++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }
    }
}
