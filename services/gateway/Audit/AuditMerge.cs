using Microsoft.AspNetCore.WebUtilities;
using Serm.Defaults;

namespace Serm.Gateway.Audit;

/// <summary>Pages of several services as one, in one order: the newest first, and of the same moment by their ids, as PostgreSQL compares them. Pure.</summary>
internal static class AuditMerge
{
    // Says whose cursor it is: another list has no such place.
    private const byte List = (byte)'c';

    /// <summary>The first of all pages.</summary>
    /// <param name="pages">By service, each in order, each with one more than <paramref name="limit"/> where it has so many; null for one that did not answer.</param>
    /// <param name="limit">So many at most.</param>
    public static AuditPage Page(IReadOnlyDictionary<string, IReadOnlyList<ChangeRow>?> pages, int limit)
    {
        var all = pages.SelectMany(p => (p.Value ?? []).Select(c => (Service: p.Key, Change: c))).OrderByDescending(e => e.Change.At).ThenByDescending(e => e.Change.Id).Take(limit + 1).ToList();
        var shown = all.Take(limit).ToList();
        return new(
            shown.ConvertAll(e => Entry(e.Service, e.Change)),
            all.Count > limit ? Encode(shown[^1].Change) : null,
            [.. pages.Where(p => p.Value is null).Select(p => p.Key)]);
    }

    /// <summary>The place behind the last change of a page.</summary>
    /// <exception cref="RuleViolation">400: it is no cursor of this list.</exception>
    public static (DateTimeOffset At, Guid Id) Decode(string cursor)
    {
        try
        {
            var bytes = WebEncoders.Base64UrlDecode(cursor);
            return bytes.Length == 25 && bytes[0] == List && BitConverter.ToInt64(bytes, 1) is var ticks and >= 0 && ticks <= DateTime.MaxValue.Ticks
                ? (new DateTimeOffset(ticks, TimeSpan.Zero), new Guid(bytes.AsSpan(9)))
                : throw new FormatException();
        }
        catch (FormatException)
        {
            throw RuleViolation.Invalid("cursor", "cursor_invalid", "The cursor is not one of this list. Start again without it.");
        }
    }

    private static string Encode(ChangeRow last) => WebEncoders.Base64UrlEncode([List, .. BitConverter.GetBytes(last.At.UtcTicks), .. last.Id.ToByteArray()]);

    private static AuditEntry Entry(string service, ChangeRow c) =>
        new(c.Id, c.At, c.By, service, c.Kind, c.AboutId is null && c.About is null ? null : new(c.AboutId, c.About), c.Fields, AuditKinds.LinkOf(c));
}
