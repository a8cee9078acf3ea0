{
  description = "A stand-in for cargo2nix, for tests: its interface, with wrong calls refused, and a small builder";

  outputs = _: {
    overlays = rec {
      cargo2nix = import ./overlay.nix;
      default = cargo2nix;
    };
  };
}
