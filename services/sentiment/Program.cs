using Serm.Sentiments.Training;

if (args is ["train", ..])
{
    return TrainCommand.Run(args, Console.Out);
}

var builder = WebApplication.CreateBuilder(args);
var app = builder.Build();
await app.RunAsync();
return 0;
