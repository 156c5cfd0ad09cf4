using System.Reflection;

namespace Serm.Tests.Unit.Architecture;

/// <summary>Types as people write them.</summary>
internal static class Shapes
{
    private static readonly Dictionary<Type, string> Short = new()
    {
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
    };

    /// <summary>What a record carries, in order.</summary>
    public static IEnumerable<(string Name, string Type, Type Raw)> Properties(Type type) => type
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(p => p.CanWrite)
        .OrderBy(p => p.MetadataToken)
        .Select(p => (p.Name, Name(p.PropertyType) + (new NullabilityInfoContext().Create(p).ReadState == NullabilityState.Nullable ? "?" : ""), p.PropertyType));

    /// <summary>The own types that a type's properties speak of, and theirs.</summary>
    public static IEnumerable<Type> Parts(Type type) => Properties(type)
        .Select(p => Element(p.Raw))
        .Where(t => t.Assembly.GetName().Name!.StartsWith("Serm.", StringComparison.Ordinal))
        .SelectMany(t => t.IsEnum ? [t] : Parts(t).Prepend(t));

    private static Type Element(Type type) => Nullable.GetUnderlyingType(type) ?? (type.IsGenericType ? type.GetGenericArguments()[0] : type);

    private static string Name(Type type) => Nullable.GetUnderlyingType(type) is { } value ? Name(value)
        : type.IsGenericType ? $"list of {Name(type.GetGenericArguments()[0])}"
        : Short.GetValueOrDefault(type, type.Name);
}
