"""Everything that is a question about a dependency graph, asked of networkx."""
