using Microsoft.Extensions.Options;

namespace Serm.Alerts;

/// <summary>What webhooks are composed of.</summary>
internal static class WebhookSetup
{
    public static void AddWebhooks(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<WebhookOptions>().BindConfiguration("Webhooks").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<SecretBox>();
        builder.Services.AddSingleton<WebhookBook>();
        builder.Services.AddSingleton<DeliveryTable>();
        builder.Services.AddSingleton<DeliverySignal>();
        builder.Services.AddSingleton(s => new Lanes(() => s.GetRequiredService<WebhookBook>().All, s.GetRequiredService<IOptions<WebhookOptions>>(), s.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<Sender>();
        builder.Services.AddEventDescriptions();
    }

    /// <summary>Starts delivering. Call it after the schema is there.</summary>
    public static void AddDeliveries(this WebApplicationBuilder builder)
    {
        // Stopped in reverse order: what still runs hands its results to the book.
        builder.Services.AddSingleton<AttemptBook>();
        builder.Services.AddHostedService(s => s.GetRequiredService<AttemptBook>());
        builder.Services.AddHostedService<Dispatcher>();
        builder.Services.AddHostedService<Retention>();
    }
}
