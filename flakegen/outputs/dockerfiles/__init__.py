"""flake.nix and the small fixed files beside it."""
