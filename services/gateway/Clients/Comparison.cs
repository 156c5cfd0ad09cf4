namespace Serm.Gateway.Clients;

/// <summary>What was said of a brand in a time; see the mentions service.</summary>
/// <param name="ShareOfVoice">Of all that are compared, 0 to 1; null when nothing was said of any.</param>
/// <param name="NegativeShare">Of those that are judged, 0 to 1; null when none is.</param>
public sealed record VoiceFigures(long Mentions, double? ShareOfVoice, long Negative, long Neutral, long Positive, long Unscored, double? NegativeShare, long Reach);

/// <summary>What is now against what was before; null where there was nothing to compare with.</summary>
public sealed record VoiceChange(double? Mentions, double? ShareOfVoice, double? NegativeShare);

/// <summary>One of the brands that are compared.</summary>
public sealed record ComparedBrand(Guid BrandId, VoiceFigures Now, VoiceFigures Before, VoiceChange Change, long OpenNegative, IReadOnlyList<DynamicsPoint> Points);

/// <summary>The time that is compared with.</summary>
/// <param name="Blind">A source was blind in it.</param>
public sealed record ComparedWith(DateTimeOffset From, DateTimeOffset To, bool Blind);

/// <summary>Brands side by side, those with the most mentions first.</summary>
/// <param name="Starts">When each hour or day begins, the empty ones too.</param>
public sealed record ComparisonData(
    DateTimeOffset From, DateTimeOffset To, string Bucket, ComparedWith Before, IReadOnlyList<DateTimeOffset> Starts, IReadOnlyList<ComparedBrand> Brands, IReadOnlyList<BlindTime> Gaps)
{
    /// <summary>All that are compared, together.</summary>
    public long Mentions => Brands.Sum(b => b.Now.Mentions);

    /// <summary>The dynamics of one of them.</summary>
    public DynamicsData Of(ComparedBrand brand) => new(brand.BrandId, From, To, Bucket, Starts, brand.Points, Gaps);
}
