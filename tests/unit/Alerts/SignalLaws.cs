using FsCheck.Xunit;
using Serm.Alerts;
using Serm.Contracts;

namespace Serm.Tests.Unit.Alerts;

/// <summary>What watches do to incidents, whatever people do to them meanwhile.</summary>
public sealed class SignalLaws
{
    private const string Cause = "gap:1";
    private static readonly DateTimeOffset Begin = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Rule Silence = new(new Guid(1, 0, 0, new byte[8])) { Kind = RuleKinds.SourceSilence, Version = 1, Terms = new("silence", null, 0, null, UnknownReach.Alert, true) };

    [Property(MaxTest = 1_000)]
    public void No_signal_collides_and_what_lasts_is_never_left_out(byte[] steps)
    {
        var other = Incident.Apply(new(new(9, 0, 0, new byte[8])), Opened("another"));
        var (all, now) = (new Dictionary<Guid, Standing> { [other.Id] = new(other, 1) }, Begin);
        foreach (var step in steps)
        {
            now += (step % 5) switch { 0 => TimeSpan.FromDays(8), 1 => TimeSpan.FromMinutes(61), _ => TimeSpan.FromMinutes(1) };
            var last = CausePast.Of(all.Values, Cause).Last?.State;
            switch (step / 5 % 8)
            {
                case 0 when last is { Lasts: true }:
                    Write(last.Id, new IncidentResolved("person", "ann", now));
                    break;
                case 1 when last is { Lasts: true } && all[other.Id].State.Lasts:
                    Write(last.Id, new IncidentMerged(other.Id, 1, "ann", now));
                    break;
                case 2 when last is { Status: IncidentStatus.Resolved }:
                    Write(last.Id, new IncidentReopened("person", "ann", now));
                    break;
                case 3:
                    Write(other.Id, all[other.Id].State.Lasts ? new IncidentResolved("person", "ann", now) : new IncidentReopened("person", "ann", now));
                    break;
                case 4:
                    Look(null);
                    break;
                case 5:
                    Look(now);
                    break;
                default:
                    Look(Begin);
                    break;
            }
        }

        void Look(DateTimeOffset? from)
        {
            var past = CausePast.Of(all.Values, Cause);
            past = past.GoesOn is { MergedInto: { } into } ? past with { GoesOn = all[into].State } : past;
            var (before, events) = SignalDecider.Decide("main", past, Silence, new(null, Cause, "Forum", null, from is { } f ? new(0, 0, f, now, 0) : null), _ => null, now);
            if (events.Count > 0)
            {
                all.ContainsKey(before.State.Id).ShouldBe(before.State.Version > 0, "an incident that is there was opened again");
                all[before.State.Id] = new(events.Aggregate(before.State, Incident.Apply), 1);
            }

            var after = CausePast.Of(all.Values, Cause).Last?.State;
            var on = after?.MergedInto is { } merged ? all[merged].State : after;
            (from is null || on!.Lasts || now - on.ResolvedAt < TimeSpan.FromMinutes(on.CooldownMinutes)).ShouldBeTrue("somebody would miss it");
            all.Values.Count(s => s.State.Cause == Cause && s.State.Lasts).ShouldBeLessThan(2);
        }

        void Write(Guid id, object happened) => all[id] = new(Incident.Apply(all[id].State, happened), 1);
    }

    private static IncidentOpened Opened(string cause) => new(RuleKinds.SourceSilence, Silence.Id, "silence", IncidentSeverity.Warning, null, cause, null, null, 60, null, null, Begin);
}
