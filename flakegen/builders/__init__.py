"""One file per package kind."""
