using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Serm.Tests.Unit.Webhooks;

/// <summary>A name server on loopback (RFC 1035, UDP, A records, time to live 0) whose answers change from question to question; the last one stays.</summary>
internal sealed class NameServer : IAsyncDisposable
{
    private readonly UdpClient socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly CancellationTokenSource end = new();
    private readonly Task serving;
    private int asked;

    public NameServer(params string[][] answers) => serving = ServeAsync(answers);

    /// <summary>Questions so far.</summary>
    public int Asked => asked;

    /// <summary>Asks over UDP, as a resolver without a cache does.</summary>
    public async Task<IPAddress[]> LookUpAsync(string name, CancellationToken cancellationToken)
    {
        using var client = new UdpClient();
        client.Connect((IPEndPoint)socket.Client.LocalEndPoint!);
        var labels = name.Split('.').SelectMany(l => (byte[])[(byte)l.Length, .. Encoding.ASCII.GetBytes(l)]);
        await client.SendAsync((byte[])[0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. labels, 0, 0, 1, 0, 1], cancellationToken);
        var answer = (await client.ReceiveAsync(cancellationToken)).Buffer;
        var count = BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan(6));

        // Each record is 16 bytes, the address its last four.
        return [.. Enumerable.Range(1, count).Select(i => new IPAddress(answer.AsSpan(answer.Length - (16 * (count - i)) - 4, 4)))];
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        await serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        socket.Dispose();
        end.Dispose();
    }

    private async Task ServeAsync(string[][] answers)
    {
        while (true)
        {
            var question = await socket.ReceiveAsync(end.Token);
            var addresses = answers[Math.Min(Interlocked.Increment(ref asked), answers.Length) - 1].Select(a => IPAddress.Parse(a).GetAddressBytes()).ToList();
            var q = question.Buffer;
            var records = addresses.SelectMany(a => (byte[])[0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, .. a]);
            await socket.SendAsync((byte[])[q[0], q[1], 0x81, 0x80, 0, 1, 0, (byte)addresses.Count, 0, 0, 0, 0, .. q[12..], .. records], question.RemoteEndPoint, end.Token);
        }
    }
}
