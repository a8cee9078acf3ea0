{
  description = "A stand-in for rust-overlay, for tests: every toolchain is the host's";

  outputs = _: {
    overlays.default = import ./overlay.nix;
    overlays.rust-overlay = import ./overlay.nix;
  };
}
