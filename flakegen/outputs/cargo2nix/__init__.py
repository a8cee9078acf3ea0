"""Cargo.nix for cargo2nix's overlay, and what reads it."""
