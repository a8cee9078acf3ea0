"""Cargo.nix and what reads it."""
