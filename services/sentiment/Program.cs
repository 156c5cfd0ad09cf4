using Serm.Contracts;
using Serm.Defaults;
using Serm.Language;
using Serm.Sentiments.Evaluation;
using Serm.Sentiments.Scoring;
using Serm.Sentiments.Training;

if (args is ["train", ..])
{
    return TrainCommand.Run(args, Console.Out);
}

if (args is ["evaluate", ..])
{
    return EvaluateCommand.Run(args, Console.Out, Console.Error);
}

var builder = WebApplication.CreateBuilder(args).AddSermDefaults("sentiment");
builder.Services.AddSingleton(new Scorer(SentimentModel.Embedded()));
builder.AddSermBus((context, bus) =>
    bus.BatchQueue<MentionFoundConsumer, MentionFound>(context, Queues.SentimentMentionFound, size: 200, pace: TimeSpan.FromMilliseconds(20), concurrency: 2));

var app = builder.Build();
// The first text shall not wait for the language model to be read.
LanguageIdentifier.Identify("ready");
app.UseSermDefaults();
app.MapSentiment();
await app.RunAsync();
return 0;
