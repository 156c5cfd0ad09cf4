using System.Text;

namespace Serm.Tests;

/// <summary>Reads comma-separated values as RFC 4180 has them, and refuses what is not.</summary>
public static class CsvReading
{
    /// <summary>The cells of each line.</summary>
    /// <exception cref="FormatException">A quote stands where none may, or is not closed, or the last line does not end.</exception>
    public static List<string[]> Read(string text)
    {
        List<string[]> rows = [];
        List<string> row = [];
        var cell = new StringBuilder();
        for (var i = 0; i < text.Length;)
        {
            if (text[i] == '"')
            {
                for (i++; ; i++)
                {
                    if (i >= text.Length)
                    {
                        throw new FormatException("A quote is not closed.");
                    }

                    if (text[i] != '"')
                    {
                        cell.Append(text[i]);
                    }
                    else if (i + 1 < text.Length && text[i + 1] == '"')
                    {
                        cell.Append(text[i++]);
                    }
                    else
                    {
                        i++;
                        break;
                    }
                }
            }
            else
            {
                for (; i < text.Length && text[i] is not (',' or '\r' or '\n' or '"'); i++)
                {
                    cell.Append(text[i]);
                }
            }

            row.Add(cell.ToString());
            cell.Clear();
            if (text.AsSpan(i).StartsWith("\r\n", StringComparison.Ordinal))
            {
                rows.Add([.. row]);
                row.Clear();
                i += 2;
            }
            else if (i >= text.Length || text[i++] != ',')
            {
                throw new FormatException("Behind a cell comes a comma or the end of its line.");
            }
        }

        return row.Count == 0 ? rows : throw new FormatException("The last line does not end.");
    }
}
