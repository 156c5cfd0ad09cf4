using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Serm.Defaults;
using SpreadCheetah;
using SpreadCheetah.Styling;
using SpreadCheetah.Worksheets;

namespace Serm.Mentions;

/// <summary>A file of mentions that is sent while it is made: of all that it holds only a little is in memory.</summary>
internal interface IExportFile : IAsyncDisposable
{
    /// <summary>Adds mentions, and waits until they have been taken where that is slow.</summary>
    Task AddAsync(IEnumerable<MentionView> mentions, CancellationToken cancellationToken);

    /// <summary>Ends it: before that it is not whole.</summary>
    Task EndAsync(CancellationToken cancellationToken);
}

/// <summary>A file of comma-separated values.</summary>
internal sealed class CsvFile : IExportFile
{
    private readonly PipeWriter _output;
    private readonly TimeZoneInfo _zone;
    private readonly StringBuilder _lines = new();

    public CsvFile(PipeWriter output, TimeZoneInfo zone)
    {
        (_output, _zone) = (output, zone);
        Csv.Add(_lines.Append(Csv.Mark), ExportColumns.Names, zone);
    }

    public async Task AddAsync(IEnumerable<MentionView> mentions, CancellationToken cancellationToken)
    {
        foreach (var mention in mentions)
        {
            Csv.Add(_lines, ExportColumns.Of(mention, _zone.Id), _zone);
            await SendAsync(cancellationToken);
        }
    }

    public async Task EndAsync(CancellationToken cancellationToken)
    {
        await SendAsync(cancellationToken);
        await _output.FlushAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        Encoding.UTF8.GetBytes(_lines.ToString(), _output);
        _lines.Clear();
        await _output.FlushWhenFullAsync(cancellationToken);
    }
}

/// <summary>A file of JSON objects, one a line, each as the API shows the mention.</summary>
internal sealed class JsonLinesFile(PipeWriter output, JsonSerializerOptions options) : IExportFile
{
    /// <summary>Its media type.</summary>
    public const string MediaType = "application/jsonl; charset=utf-8";

    private readonly Utf8JsonWriter _json = new(output, new JsonWriterOptions { Encoder = options.Encoder, SkipValidation = true });

    public async Task AddAsync(IEnumerable<MentionView> mentions, CancellationToken cancellationToken)
    {
        foreach (var mention in mentions)
        {
            _json.Reset();
            JsonSerializer.Serialize(_json, mention, options);
            output.Write("\n"u8);
            await output.FlushWhenFullAsync(cancellationToken);
        }
    }

    public async Task EndAsync(CancellationToken cancellationToken) => await output.FlushAsync(cancellationToken);

    public ValueTask DisposeAsync() => _json.DisposeAsync();
}

/// <summary>An XLSX workbook of one sheet.</summary>
internal sealed class SheetFile(Spreadsheet sheet, TimeZoneInfo zone) : IExportFile
{
    /// <summary>Its media type.</summary>
    public const string MediaType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    // Excel's calendar begins with the year 1900, and its first two months are not those of ours.
    private const int FirstYear = 1901;

    /// <summary>Begins a workbook.</summary>
    /// <param name="output">Where it goes.</param>
    /// <param name="zone">Whose clock the times are told by.</param>
    /// <param name="most">Mentions that it will have at most.</param>
    public static async Task<SheetFile> BeginAsync(PipeWriter output, TimeZoneInfo zone, int most, CancellationToken cancellationToken)
    {
        var sheet = await Spreadsheet.CreateNewAsync(output.AsStream(leaveOpen: true), new SpreadCheetahOptions { PreserveStringWhitespace = true }, cancellationToken);
        var options = new WorksheetOptions { FrozenRows = 1, DefaultColumnWidth = 16, AutoFilter = new AutoFilterOptions($"A1:{Column(ExportColumns.Names.Length)}{most + 1}") };
        options.Column(1 + Array.IndexOf(ExportColumns.Names, "text")).Width = 60;
        await sheet.StartWorksheetAsync("Mentions", options, cancellationToken);
        await sheet.AddHeaderRowAsync(ExportColumns.Names, sheet.AddStyle(new Style { Font = { Bold = true } }), cancellationToken);
        return new SheetFile(sheet, zone);
    }

    public async Task AddAsync(IEnumerable<MentionView> mentions, CancellationToken cancellationToken)
    {
        foreach (var mention in mentions)
        {
            await sheet.AddRowAsync(Array.ConvertAll(ExportColumns.Of(mention, zone.Id), Cell), cancellationToken);
        }
    }

    public async Task EndAsync(CancellationToken cancellationToken) => await sheet.FinishAsync(cancellationToken);

    public ValueTask DisposeAsync() => sheet.DisposeAsync();

    private DataCell Cell(object? value) => value switch
    {
        string text => new(SheetText.Of(text)),
        long number => new(number),
        double number => new(number),
        bool yes => new(yes),
        DateTimeOffset time => TimeZoneInfo.ConvertTime(time, zone).DateTime is var wall && wall.Year >= FirstYear
            ? new(wall.AddTicks(-(wall.Ticks % TimeSpan.TicksPerSecond)))
            : new(wall.ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture)),
        _ => default,
    };

    private static string Column(int number) => number <= 26 ? $"{(char)('A' + number - 1)}" : Column((number - 1) / 26) + Column(1 + (number - 1) % 26);
}

/// <summary>Sending what is made.</summary>
internal static class Sending
{
    private const int Full = 64 * 1024;

    /// <summary>Sends what has come together once it is much, and waits while the other side is slow to take it.</summary>
    public static async ValueTask FlushWhenFullAsync(this PipeWriter output, CancellationToken cancellationToken)
    {
        if (output.UnflushedBytes >= Full)
        {
            await output.FlushAsync(cancellationToken);
        }
    }
}
