using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Serm.Sentiments.Scoring;

/// <summary>Four bytes a bucket, 16.8 MB that are read all over: more than a core keeps near, so that the way to them decides how fast a text is judged. They lie in huge pages where the system has them, and can be fetched before they are read. Immutable.</summary>
internal sealed partial class WeightTable
{
    /// <summary>Bytes a bucket.</summary>
    public const int Lanes = 4;

    private const int HugePage = 2 << 20;
    private const int UseHugePages = 14; // MADV_HUGEPAGE of Linux

    private readonly byte[] _memory;
    private readonly int _start;
    private readonly nint _address;

    /// <summary>Keeps a copy.</summary>
    public WeightTable(ReadOnlySpan<byte> bytes)
    {
        var size = (bytes.Length + HugePage - 1) & -HugePage;
        _memory = GC.AllocateUninitializedArray<byte>(size + HugePage, pinned: true);
        var first = Marshal.UnsafeAddrOfPinnedArrayElement(_memory, 0);
        _address = (first + HugePage - 1) & -(nint)HugePage;
        _start = (int)(_address - first);
        if (OperatingSystem.IsLinux())
        {
            // Before the first byte is written, as the page is made then. Where it is refused pages are small, and nothing else is different.
            try
            {
                _ = Advise(_address, (nuint)size, UseHugePages);
            }
            catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
            {
                // A system whose library has another name.
            }
        }

        bytes.CopyTo(_memory.AsSpan(_start));
    }

    /// <summary>The bytes of a bucket, the first lowest.</summary>
    public uint this[int bucket] => BinaryPrimitives.ReadUInt32LittleEndian(_memory.AsSpan(_start + (bucket * Lanes), Lanes));

    /// <summary>Has the processor fetch a bucket that will be read soon, where it can be told to. Never fails, whatever the bucket.</summary>
    public unsafe void Prefetch(int bucket)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0((void*)(_address + ((nint)bucket * Lanes)));
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint length, int advice);
}
