using System.Globalization;

namespace Serm.Demo.Posts;

/// <summary>What is filled into samples that come again and again: parcel numbers, cities, counts, times of day.</summary>
internal static class Blanks
{
    private static readonly Dictionary<string, string[]> Cities = new(StringComparer.Ordinal)
    {
        ["en"] = ["Leeds", "Bristol", "Cork", "Dundee", "Norwich", "Swansea"],
        ["ru"] = ["Казань", "Тверь", "Пермь", "Самара", "Рязань", "Томск"],
        ["tr"] = ["Bursa", "Eskişehir", "Konya", "Trabzon", "Mersin", "Kayseri"],
        ["sv"] = ["Umeå", "Örebro", "Lund", "Gävle", "Borås", "Visby"],
        ["vi"] = ["Đà Nẵng", "Huế", "Cần Thơ", "Hải Phòng", "Nha Trang", "Vinh"],
    };

    /// <summary>Values for all blanks.</summary>
    public static Dictionary<string, string> Draw(Random random, string language)
    {
        var cities = Cities[language];
        return new(StringComparer.Ordinal)
        {
            ["{code}"] = $"PV{random.Next(100_000, 999_999)}",
            ["{city}"] = cities[random.Next(cities.Length)],
            ["{n}"] = random.Next(2, 9).ToString(CultureInfo.InvariantCulture),
            ["{time}"] = $"{random.Next(8, 20)}:{random.Next(0, 12) * 5:00}",
        };
    }

    /// <summary>The text without blanks.</summary>
    public static string Fill(string text, Dictionary<string, string> values) => values.Aggregate(text, (filled, value) => filled.Replace(value.Key, value.Value, StringComparison.Ordinal));
}
