namespace Serm.Defaults;

/// <summary>One value of what was changed.</summary>
/// <param name="Field">Its name as the API has it; a member of a member behind a dot.</param>
/// <param name="Before">As it was, at most <see cref="Differences.Longest"/> characters; null when there was nothing, or it is a secret.</param>
/// <param name="After">As it is from then on; null when there is nothing any more, or it is a secret.</param>
/// <param name="Secret">True: no more is told than that it was changed.</param>
public sealed record ChangedField(string Field, string? Before, string? After, bool Secret = false);

/// <summary>Something that a person, a key or a policy changed, kept for those who ask who changed what. Never holds a secret.</summary>
/// <param name="Id">The change.</param>
/// <param name="At">When, to a microsecond.</param>
/// <param name="By">The person's name, <c>key:</c> and the name of a key, <c>command line</c>, or what went by itself, such as <c>policy</c>.</param>
/// <param name="Kind">What it is about and what happened, such as <c>user.added</c>. Stable.</param>
/// <param name="AboutId">The thing; null where there is only one of it.</param>
/// <param name="About">Its name then; null where it has none.</param>
/// <param name="Fields">What is otherwise now.</param>
/// <param name="AdminsOnly">True: only admins may read of it, as only they may read the thing.</param>
public sealed record ChangeRow(Guid Id, DateTimeOffset At, string By, string Kind, string? AboutId, string? About, IReadOnlyList<ChangedField> Fields, bool AdminsOnly = false)
{
    private const int LongestName = 200;

    /// <summary>A new one.</summary>
    /// <param name="kind">See <see cref="Kind"/>.</param>
    /// <param name="aboutId">See <see cref="AboutId"/>.</param>
    /// <param name="about">See <see cref="About"/>; shortened.</param>
    /// <param name="by">See <see cref="By"/>.</param>
    /// <param name="at">When it was done.</param>
    /// <param name="fields">See <see cref="Fields"/>.</param>
    /// <param name="adminsOnly">See <see cref="AdminsOnly"/>.</param>
    public static ChangeRow Of(string kind, object? aboutId, string? about, string by, DateTimeOffset at, IReadOnlyList<ChangedField>? fields = null, bool adminsOnly = false)
    {
        // As PostgreSQL keeps it, so that what is read compares as what was written.
        var moment = new DateTimeOffset(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
        return new(Guid.CreateVersion7(moment), moment, by, kind, aboutId?.ToString(), about is null ? null : Differences.Shown(about, LongestName), fields ?? [], adminsOnly);
    }
}
