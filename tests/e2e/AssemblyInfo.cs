// The queues' names are fixed: stacks on one broker take turns.
[assembly: CollectionBehavior(CollectionBehavior.CollectionPerAssembly)]
