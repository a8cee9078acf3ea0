"""What cargo would build: lock, manifests, features and the unit graph. Knows neither Nix nor the spec."""
