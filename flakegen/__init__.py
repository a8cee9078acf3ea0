"""flakegen: one project spec and a Cargo workspace in, a committed Nix flake out."""

__version__ = "0.1.0"
