"""Pictures of a graph, as texts: for Graphviz, for Mermaid, as SVG, and as a page to look around in."""
