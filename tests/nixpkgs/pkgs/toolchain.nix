# The host's compilers. Rust's are links into the real sysroot, never the rustup proxy.
self:
let
  lib = import ../lib;
  inherit (self.standIn) host;

  # Programs for another machine evaluate, and fail when somebody builds them.
  forHost =
    package:
    package
    // {
      standInHost = self.stdenv.hostPlatform.system;
    };

  rust =
    name: programs: mainProgram:
    forHost (
      self.stdenvNoCC.mkDerivation {
        pname = name;
        version = host.rust.version;
        inherit (host.rust) sysroot;
        inherit programs;
        buildCommand = ''
          mkdir -p $out/bin
          for program in $programs; do ln -s "$sysroot/bin/$program" "$out/bin/$program"; done
        '';
        meta = { inherit mainProgram; };
        passthru.targetPlatforms = lib.platforms.all;
      }
    );
in
lib.genAttrs [
  "bash"
  "coreutils"
  "findutils"
  "diffutils"
  "gnused"
  "gnugrep"
  "gawk"
  "gnutar"
  "gzip"
  "gnumake"
  "xz"
  "binutils"
] (name: forHost self.standInTools.${name})
// {
  gcc = self.stdenv.cc;
  bashInteractive = self.bash;
  rustc = rust "rustc" [ "rustc" "rustdoc" ] "rustc" // {
    unwrapped = self.rustc;
    llvmPackages = { };
  };
  cargo = rust "cargo" [ "cargo" ] "cargo";
  clippy = rust "clippy" [ "cargo-clippy" "clippy-driver" ] "cargo-clippy";
  rustfmt = rust "rustfmt" [ "cargo-fmt" "rustfmt" ] "rustfmt";
  rust-analyzer = rust "rust-analyzer" [ ] "rust-analyzer";
}
