using Serm.Tests.E2E;

// One stack for all tests, which take turns: starting it is the slowest of all. Each test has a brand of its own.
[assembly: CollectionBehavior(CollectionBehavior.CollectionPerAssembly)]
[assembly: AssemblyFixture(typeof(Product))]
