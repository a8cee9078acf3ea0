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

  rust = rustOf host.rust.sysroot;
  rustOf =
    sysroot: name: programs: mainProgram:
    forHost (
      self.stdenvNoCC.mkDerivation {
        pname = name;
        version = host.rust.version;
        inherit sysroot programs;
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
  # The rustc of a cross set's buildPackages: a build of its own, with the standard library of the set's platform.
  standInCrossRustc = rustOf host.rust.crossSysroot "rustc-for-cross" [ "rustc" "rustdoc" ] "rustc";
  cargo = rust "cargo" [ "cargo" ] "cargo";
  clippy = rust "clippy" [ "cargo-clippy" "clippy-driver" ] "cargo-clippy";
  rustfmt = rust "rustfmt" [ "cargo-fmt" "rustfmt" ] "rustfmt";
  # LLVM's linker, of the tools for other machines.
  lld = forHost (
    self.stdenvNoCC.mkDerivation {
      pname = "lld";
      version = "19.1.7";
      program = if host.cross ? folder then "${host.cross.folder}/bin/lld" else "/no-lld-on-this-machine";
      buildCommand = ''
        mkdir -p $out/bin
        for name in lld ld.lld wasm-ld; do ln -s "$program" "$out/bin/$name"; done
      '';
    }
  );
  rust-analyzer = rust "rust-analyzer" [ ] "rust-analyzer";
}
