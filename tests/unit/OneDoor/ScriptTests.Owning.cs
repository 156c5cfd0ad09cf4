namespace Serm.Tests.Unit.OneDoor;

/// <summary>Whose an instance is, and what is done to it by mistake.</summary>
public sealed partial class ScriptTests
{
    [Fact]
    public void Erasing_wants_to_be_meant()
    {
        var (code, output) = Serm("erase");
        code.ShouldBe(1);
        output.ShouldContain("--yes");
        Directory.Exists(data).ShouldBeTrue();
    }

    [Theory]
    [InlineData("up")]
    [InlineData("down")]
    [InlineData("status")]
    [InlineData("admin")]
    public void What_takes_no_arguments_says_so_and_does_nothing(string command)
    {
        Directory.CreateDirectory(Path.Combine(data, "run"));
        var (code, output) = Serm($"{command} ingest");
        (code, output).ShouldBe((1, $"serm: ./serm {command} takes no arguments, and 'ingest' is one. ./serm help says what there is.\n"));
        var (helped, help) = Serm($"{command} --help");
        helped.ShouldBe(0);
        help.ShouldStartWith("Serm on one machine");
    }

    [Fact]
    public void A_folder_in_which_nothing_was_started_is_left_as_it_is()
    {
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(data, "run")).FullName, "of-somebody");
        File.WriteAllText(file, "");
        Serm("down").ShouldBe((0, $"Nothing runs here: nothing was ever started in {data}.\n"));
        Serm("erase --yes").Code.ShouldBe(1);
        File.Exists(file).ShouldBeTrue();
    }

    [Fact]
    public void Erasing_takes_what_Serm_made_and_leaves_the_rest()
    {
        Bash("source \"$ROOT/eng/serm/common.sh\"; make_secrets; mkdir -p \"$SERM_DATA/logs\"").Code.ShouldBe(0);
        var file = Path.Combine(data, "of-somebody");
        File.WriteAllText(file, "");
        var (code, output) = Serm("erase --yes");
        (code, output).ShouldBe((0, $"The data is gone. What else lies in {data} is not Serm's and stays.\n"));
        Directory.GetFileSystemEntries(data).ShouldBe([file]);
    }

    [Fact]
    public void Servers_that_a_copied_folder_leads_to_are_those_of_another_instance()
    {
        Bash("source \"$ROOT/eng/serm/common.sh\"; make_secrets; ln -s /var/lib/serm-0123456789ab \"$SERM_DATA/servers\"").Code.ShouldBe(0);
        var (code, output) = Serm("down");
        code.ShouldBe(1);
        output.ShouldContain("leads to /var/lib/serm-0123456789ab, which was made for another folder");
    }

    [Theory]
    [InlineData("HOME=$SERM_DATA", "")]
    [InlineData("unset HOME", "DOTNET_ROOT=$SERM_DATA/.dotnet")]
    public void An_older_dotnet_does_not_hide_the_one_that_was_installed_for_Serm(string home, string root)
    {
        var (code, output) = Bash($$"""
            source "$ROOT/eng/serm/common.sh"; source "$ROOT/eng/serm/packages.sh"
            mkdir -p "$SERM_DATA/old" "$SERM_DATA/.dotnet"
            printf '#!/bin/sh\necho "8.0.100 [/usr]"\n' > "$SERM_DATA/old/dotnet"; printf '#!/bin/sh\necho "10.0.100 [/home]"\n' > "$SERM_DATA/.dotnet/dotnet"; chmod +x "$SERM_DATA"/*/dotnet "$SERM_DATA/.dotnet/dotnet"
            PATH=$SERM_DATA/old:$PATH; {{home}}; {{root}}
            need_dotnet; dotnet --list-sdks
            """);
        output.ShouldBe("10.0.100 [/home]\n");
        code.ShouldBe(0);
    }
}
