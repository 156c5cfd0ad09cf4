using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net.Mime;
using System.Runtime.Serialization;
using System.Text;
using System.Text.Json;
using MassTransit;
using MassTransit.Serialization;

namespace Serm.Defaults;

/// <summary>How bulks are written on the bus: the JSON array of the messages and nothing around it. What the envelope would say stands in the headers, so that a body is read once, straight into the contracts, without a document in between.
/// Messages in MassTransit's own envelope are read as ever.</summary>
internal sealed class BulkWire : ISerializerFactory, IMessageSerializer, IMessageDeserializer
{
    /// <summary>When a bulk was published: milliseconds since 1970, UTC.</summary>
    public const string SentAt = "serm-sent-at";

    public ContentType ContentType { get; } = new("application/vnd.serm.bulk+json");

    public IMessageSerializer CreateSerializer() => this;

    public IMessageDeserializer CreateDeserializer() => this;

    public MessageBody GetMessageBody<T>(SendContext<T> context)
        where T : class
    {
        context.Headers.Set(MessageHeaders.MessageType, TypeOf(BulkReader.Contract(typeof(T)) ?? throw new SerializationException($"{typeof(T).Name} is no bulk: publish with PublishAllAsync.")));
        context.Headers.Set(SentAt, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        return new Body(((IPacked)context.Message).Json);
    }

    public MessageBody GetMessageBody(string text) => new Body(Encoding.UTF8.GetBytes(text));

    public ConsumeContext Deserialize(ReceiveContext receiveContext) => new BodyConsumeContext(receiveContext, Deserialize(receiveContext.Body, receiveContext.TransportHeaders, receiveContext.InputAddress));

    public SerializerContext Deserialize(MessageBody body, Headers headers, Uri? destinationAddress = null) => new Reading(this, body, headers, destinationAddress);

    public void Probe(ProbeContext context) => context.CreateScope("bulk").Add("contentType", ContentType.MediaType);

    // Of a view what it was made of: that is what it is passed on as.
    private static string TypeOf(Type contract) => MessageUrn.ForTypeString(typeof(Bulk<>).MakeGenericType(contract));

    private sealed class Body(ReadOnlyMemory<byte> json) : MessageBody
    {
        private byte[]? bytes;

        public long? Length => json.Length;

        public Stream GetStream() => new MemoryStream(GetBytes(), writable: false);

        public byte[] GetBytes() => bytes ??= json.ToArray();

        public string GetString() => Encoding.UTF8.GetString(json.Span);
    }

    private sealed class Reading(BulkWire wire, MessageBody body, Headers headers, Uri? destination)
        : BaseSerializerContext(SystemTextJsonMessageSerializer.Instance, new RawMessageContext(headers, destination, RawSerializerOptions.Default), headers.GetMessageTypes()), MessageContext
    {
        // In place of the base's, which takes the id of the message for a time.
        DateTime? MessageContext.SentTime { get; } = headers.TryGetHeader(SentAt, out var at) && long.TryParse(Convert.ToString(at, CultureInfo.InvariantCulture), CultureInfo.InvariantCulture, out var ms)
            ? DateTimeOffset.FromUnixTimeMilliseconds(ms).UtcDateTime
            : null;

        public override bool TryGetMessage<T>([NotNullWhen(true)] out T? message)
            where T : class
        {
            message = IsSupportedMessageType<T>() ? (T)Read(typeof(T)) : null;
            return message is not null;
        }

        public override bool TryGetMessage(Type messageType, [NotNullWhen(true)] out object? message)
        {
            message = Read(messageType);
            return true;
        }

        // A bulk is what its sender packed or what this queue reads it as: a view of the contract with less in it.
        public override bool IsSupportedMessageType<T>() => IsSupportedMessageType(typeof(T));

        public override bool IsSupportedMessageType(Type messageType) => BulkReader.Contract(messageType) is { } contract
            && SupportedMessageTypes.Contains(TypeOf(contract), StringComparer.Ordinal);

        public override IMessageSerializer GetMessageSerializer() => new Copy(wire.ContentType, body);

        public override IMessageSerializer GetMessageSerializer<T>(MessageEnvelope envelope, T message) => wire;

        public override IMessageSerializer GetMessageSerializer(object message, string[] messageTypes) => wire;

        public override Dictionary<string, object> ToDictionary<T>(T? message)
            where T : class => throw new NotSupportedException("Bulks are not taken apart.");

        private object Read(Type bulk)
        {
            try
            {
                return BulkReader.Read(bulk, body.GetBytes());
            }
            catch (JsonException e)
            {
                throw new SerializationException($"The body is no JSON array of messages: {e.Message}", e);
            }
        }
    }

    private sealed class Copy(ContentType contentType, MessageBody body) : IMessageSerializer
    {
        public ContentType ContentType => contentType;

        public MessageBody GetMessageBody<T>(SendContext<T> context)
            where T : class => body;
    }
}
