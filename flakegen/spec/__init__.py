"""The TOML spec as typed, frozen values that know where they stand in the file."""
