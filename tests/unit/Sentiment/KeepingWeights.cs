using System.Buffers.Binary;
using FsCheck;
using FsCheck.Xunit;
using Serm.Sentiments.Scoring;

namespace Serm.Tests.Unit.Sentiments;

public sealed class KeepingWeights
{
    // Its memory begins somewhere in a larger array, at the first boundary of a huge page.
    [Property(MaxTest = 20)]
    public void Every_bucket_is_read_as_it_was_written_and_any_may_be_fetched_ahead(NonNegativeInt seed, PositiveInt size)
    {
        var bytes = new byte[WeightTable.Lanes * (1 + (size.Get * 9_973 % 700_000))];
        new Random(seed.Get).NextBytes(bytes);

        var table = new WeightTable(bytes);

        foreach (var bucket in new[] { int.MinValue, -1, bytes.Length / WeightTable.Lanes, int.MaxValue })
        {
            table.Prefetch(bucket);
        }

        Enumerable.Range(0, bytes.Length / WeightTable.Lanes).All(b => table[b] == BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(b * WeightTable.Lanes))).ShouldBeTrue();
    }
}
