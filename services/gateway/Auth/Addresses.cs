using System.Net;
using System.Net.Sockets;

namespace Serm.Gateway.Auth;

/// <summary>Whom an address counts as, wherever calls of nobody are limited.</summary>
internal static class Addresses
{
    /// <summary>An IPv4 address, also where it is written as IPv6; of an IPv6 address the first half, as one customer has a whole /64; <c>-</c> without any.</summary>
    public static string Subject(IPAddress? address) => address switch
    {
        null => "-",
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } => Convert.ToHexStringLower(address.GetAddressBytes()[..8]),
        _ => address.ToString(),
    };
}
