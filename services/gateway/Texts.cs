namespace Serm.Gateway;

/// <summary>Marks the texts of the pages: <c>Resources/Texts.resx</c>, and <c>Texts.xx.resx</c> for another language.</summary>
public sealed class Texts;
