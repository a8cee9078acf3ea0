"""The Nix language: syntax tree, escaping, printer, parser. Knows nothing of the spec."""
