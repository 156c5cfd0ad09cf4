namespace Serm.Gateway.Pages;

/// <summary>Keys count one after the other: the second is meant for what the first leaves. While a question is open, none counts.</summary>
internal sealed class KeyTurns
{
    private Task _last = Task.CompletedTask;
    private bool _asking;

    /// <summary>Does what a key stands for when the keys before it are done.</summary>
    public Task TakeAsync(string key, Func<Task> act) => _asking ? Task.CompletedTask : _last = AfterAsync(_last, key, act);

    private async Task AfterAsync(Task before, string key, Func<Task> act)
    {
        await Task.WhenAny(before);
        _asking = KeyVerbs.Asks(key);
        try
        {
            await act();
        }
        finally
        {
            _asking = false;
        }
    }
}
