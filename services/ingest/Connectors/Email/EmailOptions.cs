using System.ComponentModel.DataAnnotations;

namespace Serm.Ingest.Connectors.Email;

/// <summary>What an e-mail source takes.</summary>
public sealed class EmailOptions
{
    /// <summary>The server.</summary>
    [Server]
    [Required(ErrorMessage = "Name the mail server.")]
    [MaxLength(253)]
    [RegularExpression("[A-Za-z0-9.:-]+", ErrorMessage = "Give only the name of the server, such as imap.example.org.")]
    [Display(Name = "Mail server", Description = "Its name for IMAP, such as imap.example.org.")]
    public string Host { get; set; } = "";

    /// <summary>Its port.</summary>
    [Server]
    [Range(1, 65_535)]
    [Display(Name = "Port", Description = "993 with TLS from the start, 143 otherwise.")]
    public int Port { get; set; } = 993;

    /// <summary>How the connection is encrypted.</summary>
    [Server]
    [AllowedValues("tls", "starttls", "none")]
    [Display(Name = "Encryption", Description = "\"starttls\" begins in the clear and refuses to go on without TLS; \"none\" sends the password in the clear: only within your own machine.")]
    public string Tls { get; set; } = "tls";

    /// <summary>The account.</summary>
    [Required(ErrorMessage = "Give the account.")]
    [MaxLength(200)]
    [Display(Name = "Account", Description = "Best an account or a folder of its own, that customers' mail is forwarded to: everything in the folder is read.")]
    public string User { get; set; } = "";

    /// <summary>Its password.</summary>
    [Secret]
    [Required(ErrorMessage = "Give the password.")]
    [MaxLength(500)]
    [Display(Name = "Password", Description = "Where the provider has them, an app password that may only read mail.")]
    public string Password { get; set; } = "";

    /// <summary>What is read.</summary>
    [Required]
    [MaxLength(200)]
    [Display(Name = "Folder", Description = "Opened for reading only: nothing is marked as read, moved or deleted.")]
    public string Folder { get; set; } = "INBOX";

    /// <summary>How far the first read goes back.</summary>
    [Advanced]
    [Range(0, 3_650)]
    [Display(Name = "Days of history", Description = "How far the first read goes back. Old mail alerts nobody.")]
    public int HistoryDays { get; set; } = 7;

    /// <summary>Politeness.</summary>
    [Advanced]
    [Range(1, 600)]
    [Display(Name = "Connections a minute")]
    public int ConnectionsPerMinute { get; set; } = 20;
}
