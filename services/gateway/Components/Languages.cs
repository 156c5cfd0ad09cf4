using System.Collections.Frozen;
using System.Globalization;
using Microsoft.AspNetCore.Localization;
using Microsoft.Net.Http.Headers;

namespace Serm.Gateway.Components;

/// <summary>In which language the pages are written: the one that was chosen in this browser, else the first of its own that there is, else English. Numbers and dates are written as the browser's region writes them, where it names one of that language.</summary>
internal static class Languages
{
    /// <summary>The cookie that holds what was chosen.</summary>
    public const string Cookie = "serm-language";

    // Nobody has more of them; a header comes from outside.
    private const int MostAccepted = 20;

    /// <summary>The languages that there are texts of, with their own names. The first is there for who has none of them.</summary>
    public static readonly IReadOnlyList<(string Code, string Name)> All = [("en", "English"), ("ru", "Русский")];

    // Names from outside are never made into cultures: .NET takes every well-formed one, and keeps it.
    private static readonly FrozenDictionary<string, CultureInfo> Regions = CultureInfo.GetCultures(CultureTypes.AllCultures)
        .Where(c => All.Any(l => l.Code == c.TwoLetterISOLanguageName))
        .ToFrozenDictionary(c => c.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Writes pages in the language of who reads them. What the API answers is the same for all.</summary>
    public static void UseLanguages(this WebApplication app) => app.UseWhen(
        context => !context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal),
        pages => pages.UseRequestLocalization(new RequestLocalizationOptions
        {
            DefaultRequestCulture = new RequestCulture(All[0].Code),
            SupportedCultures = [.. Regions.Values],
            SupportedUICultures = [.. All.Select(l => CultureInfo.GetCultureInfo(l.Code))],
            RequestCultureProviders =
            [
                new CustomRequestCultureProvider(context =>
                {
                    var (region, language) = Of(context.Request.Cookies[Cookie], context.Request.GetTypedHeaders().AcceptLanguage);
                    return Task.FromResult<ProviderCultureResult?>(new(region, language));
                }),
            ],
        }));

    /// <summary>The region whose numbers and dates, and the language whose texts, somebody is shown.</summary>
    /// <param name="chosen">What was chosen; null when nothing was. Comes from outside.</param>
    /// <param name="accepted">The browser's languages. Come from outside.</param>
    internal static (string Region, string Language) Of(string? chosen, IEnumerable<StringWithQualityHeaderValue> accepted)
    {
        var cultures = accepted.Where(a => a.Quality is not 0).Take(MostAccepted).OrderByDescending(a => a.Quality ?? 1).Select(a => Regions.GetValueOrDefault(a.Value.ToString())).OfType<CultureInfo>().ToList();
        var language = All.Any(l => l.Code == chosen) ? chosen! : cultures.Count > 0 ? cultures[0].TwoLetterISOLanguageName : All[0].Code;
        return (cultures.Find(c => c.TwoLetterISOLanguageName == language)?.Name ?? language, language);
    }
}
