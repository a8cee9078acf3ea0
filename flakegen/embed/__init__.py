"""What a crate's compilation reads: modules and embedded files. Knows nothing of Nix."""
