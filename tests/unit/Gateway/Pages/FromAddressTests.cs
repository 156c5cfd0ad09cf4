using System.Reflection;
using Bunit;
using Microsoft.AspNetCore.Components;
using Serm.Gateway.Clients;
using Serm.Gateway.Pages;

namespace Serm.Tests.Unit.Gateway.Pages;

public sealed class FromAddressTests
{
    [Fact]
    public async Task An_address_that_was_cut_off_shows_what_can_be_read_of_it()
    {
        await using var stage = new PageStage();
        var brand = new Guid(1, 0, 0, new byte[8]);
        var noon = stage.Clock.GetUtcNow();
        stage.Answer("GET /api/brands", new[] { new BrandItem(brand, "Acme", "acme", null, null, 1, noon) });
        stage.Answer($"GET /api/brands/{brand}/dynamics", new DynamicsData(brand, noon.AddHours(-1), noon, "hour", [noon.AddHours(-1)], [new(noon.AddHours(-1), 2, 0, 0, 0, 0)], []));
        stage.Go("/dynamics?days=3o&brand=01a22016-5fe9-71");
        stage.Render<Dynamics>().WaitForElement("[data-testid=dynamics-total]").TextContent.ShouldBe("2");
    }

    [Fact]
    public void Pages_take_what_an_address_says_as_text_because_all_else_ends_the_page_when_it_cannot_be_read() =>
        typeof(Inbox).Assembly.GetTypes()
            .SelectMany(t => t.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(p => p.IsDefined(typeof(SupplyParameterFromQueryAttribute)) && p.PropertyType != typeof(string) && p.PropertyType != typeof(string[]))
            .Select(p => $"{p.DeclaringType!.Name}.{p.Name}")
            .ShouldBeEmpty();
}
