using System.Buffers;
using System.IO.Compression;

namespace Serm.Ingest.Connectors.Feed;

/// <summary>Reads a response body with a limit on what is received and on what comes out of it, so that neither an endless body nor a decompression bomb can fill the memory.</summary>
internal static class FeedBody
{
    private const int MaxCodings = 3;

    /// <summary>The decompressed body; null when it is larger than <paramref name="limit"/>.</summary>
    /// <exception cref="InvalidDataException">The body is not in the encoding that its header names, or the encoding is not known.</exception>
    public static async Task<byte[]?> ReadAsync(HttpContent content, int limit, CancellationToken stop)
    {
        if (content.Headers.ContentLength > limit)
        {
            return null;
        }

        await using var stream = await content.ReadAsStreamAsync(stop);
        var body = await DrainAsync(stream, limit, stop);
        var codings = content.Headers.ContentEncoding
            .SelectMany(c => c.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .Select(c => c.ToLowerInvariant())
            .Where(c => c is not ("identity" or "none" or "utf-8"))
            .Reverse()
            .ToList();
        if (codings.Count > MaxCodings)
        {
            throw new InvalidDataException("The body is compressed too many times over.");
        }

        foreach (var coding in codings)
        {
            body = body is null ? null : await DecodeAsync(body, coding, limit, stop);
        }

        // feed.xml.gz served as a plain file.
        return codings.Count == 0 && body is [0x1F, 0x8B, 8, ..] ? await DecodeAsync(body, "gzip", limit, stop) : body;
    }

    private static async Task<byte[]?> DecodeAsync(byte[] body, string coding, int limit, CancellationToken stop)
    {
        if (body.Length == 0)
        {
            return body;
        }

        var packed = new MemoryStream(body, writable: false);
        Stream? unpacked = coding switch
        {
            // Some servers name the encoding and send the file as it is.
            "gzip" or "x-gzip" when body is not [0x1F, 0x8B, ..] => null,
            "gzip" or "x-gzip" => new GZipStream(packed, CompressionMode.Decompress),

            // "deflate" is zlib by the standard, and raw deflate by some servers.
            "deflate" when (body[0] & 0x0F) == 8 => new ZLibStream(packed, CompressionMode.Decompress),
            "deflate" => new DeflateStream(packed, CompressionMode.Decompress),
            "br" => new BrotliStream(packed, CompressionMode.Decompress),
            _ => throw new InvalidDataException($"The encoding '{PlainText.Line(coding, 20)}' is not known."),
        };
        if (unpacked is null)
        {
            return body;
        }

        await using (unpacked)
        {
            return await DrainAsync(unpacked, limit, stop);
        }
    }

    private static async Task<byte[]?> DrainAsync(Stream stream, int limit, CancellationToken stop)
    {
        using var body = new MemoryStream();
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer, stop)) > 0)
            {
                if (body.Length + read > limit)
                {
                    return null;
                }

                body.Write(buffer, 0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return body.ToArray();
    }
}
