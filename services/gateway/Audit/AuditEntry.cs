using Microsoft.AspNetCore.Mvc;
using Serm.Defaults;

namespace Serm.Gateway.Audit;

/// <summary>What a change is about.</summary>
/// <param name="Id">The thing; null where there is only one of it in a workspace.</param>
/// <param name="Name">Its name when it was changed; null where it has none.</param>
public sealed record AuditAbout(string? Id, string? Name);

/// <summary>Who changed what.</summary>
/// <param name="Id">The change.</param>
/// <param name="At">When.</param>
/// <param name="By">The person's name, <c>key:</c> and the name of an API key, <c>command line</c>, or what went by itself: <c>serm</c>, <c>policy</c>, <c>retention</c>, <c>publisher</c>.</param>
/// <param name="Service">Which service keeps it.</param>
/// <param name="Kind">What happened, such as <c>brand.changed</c>. Stable.</param>
/// <param name="About">What it happened to; null for settings of the workspace.</param>
/// <param name="Changes">What is otherwise now. Values are shortened; of a secret no more is told than that it was changed.</param>
/// <param name="Link">Path of the page of the thing; null where there is none any more.</param>
public sealed record AuditEntry(Guid Id, DateTimeOffset At, string By, string Service, string Kind, AuditAbout? About, IReadOnlyList<ChangedField> Changes, string? Link);

/// <summary>A page of changes, the newest first.</summary>
/// <param name="Items">The changes.</param>
/// <param name="NextCursor">Ask for the next page with it; null on the last one.</param>
/// <param name="Missing">Services that did not answer in time: what they keep is not among the items. Ask again for a whole page.</param>
public sealed record AuditPage(IReadOnlyList<AuditEntry> Items, string? NextCursor, IReadOnlyList<string> Missing);

/// <summary>Which changes. Filters all have to hold; values of one are alternatives.</summary>
/// <param name="From">Made at or after.</param>
/// <param name="To">Made before.</param>
/// <param name="By">Who made them, whatever the case.</param>
/// <param name="Kind">What happened, such as <c>brand.changed</c>, or all of one thing: <c>brand</c>.</param>
/// <param name="About">The id of the thing, or its name when it was changed.</param>
/// <param name="Limit">1 to 200; 50 when left out. A table has all that there are, at most 10,000.</param>
/// <param name="Cursor">From <c>nextCursor</c> of the last page.</param>
/// <param name="Format"><c>json</c>, or <c>csv</c> for a table: a line for each value that was changed.</param>
public sealed record AuditQuery(
    [property: FromQuery] DateTimeOffset? From = null,
    [property: FromQuery] DateTimeOffset? To = null,
    [property: FromQuery] string[]? By = null,
    [property: FromQuery] string[]? Kind = null,
    [property: FromQuery] string? About = null,
    [property: FromQuery] int? Limit = null,
    [property: FromQuery] string? Cursor = null,
    [property: FromQuery] string? Format = null);
