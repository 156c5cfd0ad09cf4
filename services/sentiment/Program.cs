using System.ComponentModel.DataAnnotations;
using Serm.Contracts;
using Serm.Defaults;
using Serm.Language;
using Serm.Sentiments;
using Serm.Sentiments.Corrections;
using Serm.Sentiments.Evaluation;
using Serm.Sentiments.Onnx;
using Serm.Sentiments.Rescoring;
using Serm.Sentiments.Scoring;
using Serm.Sentiments.Shadow;
using Serm.Sentiments.Training;
using Serm.Sentiments.Workspaces;

if (args is ["train", ..])
{
    return TrainCommand.Run(args, Console.Out);
}

if (args is ["evaluate", ..])
{
    return EvaluateCommand.Run(args, Console.Out, Console.Error);
}

var builder = WebApplication.CreateBuilder(args).AddSermDefaults("sentiment");
builder.Services.AddOptions<SentimentOptions>().BindConfiguration("Sentiment").ValidateDataAnnotations().ValidateOnStart();
builder.Services.AddSingleton(SentimentModel.Embedded());
builder.AddSermDatabase("sentiment");
builder.AddSchema("sentiment.corrections", typeof(Program).Assembly);
if (builder.Configuration.GetSection("Sentiment:Onnx").Get<OnnxOptions>() is { ModelPath: { Length: > 0 } } onnx)
{
    Validator.ValidateObject(onnx, new ValidationContext(onnx), validateAllProperties: true);
    builder.Services.AddSingleton(OnnxJudge.Open(onnx));
}

builder.Services.AddSingleton<WorkspaceModels>();
builder.Services.AddSingleton<SensitivityCurve>();
builder.Services.AddSingleton<ShippedCard>();
builder.Services.AddSingleton<PromoteModel>();
builder.Services.AddSingleton<TrainModel>();
builder.Services.AddHostedService<ModelChanges>();
builder.Services.AddHostedService<Trainer>();
builder.AddSermBus((context, bus) =>
{
    bus.BatchQueue<MentionFoundConsumer, FoundToJudge>(context, Queues.SentimentMentionFound, size: 200, pace: TimeSpan.FromMilliseconds(20), concurrency: 2);
    bus.BatchQueue<MentionCorrectedConsumer, MentionCorrected>(context, Queues.SentimentMentionCorrected, size: 50, pace: TimeSpan.FromMilliseconds(50));
    bus.BatchQueue<PostRemovedConsumer, PostRemoved>(context, Queues.SentimentPostRemoved, size: 200, pace: TimeSpan.FromMilliseconds(100));
    bus.BatchQueue<ErasureAskedConsumer, ErasureAsked>(context, Queues.SentimentErasureAsked, size: 20, pace: TimeSpan.FromMilliseconds(100));
    bus.BatchQueue<RescoreAskedConsumer, RescoreAsked>(context, Queues.SentimentRescoreAsked, size: 50, pace: TimeSpan.FromMilliseconds(100));
});

var app = builder.Build();
// The first text shall not wait for the language model to be read.
LanguageIdentifier.Identify("ready");
app.UseSermDefaults();
app.MapSentiment();
app.MapModels();
app.MapSentimentSettings();
app.MapChanges("sentiment");
await app.RunAsync();
return 0;
