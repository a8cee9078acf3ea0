# stdenv: mkDerivation over the host's tools, with nixpkgs' argument checks where a wrong call would pass unseen otherwise.
{
  lib,
  check,
  buildPlatform,
  hostPlatform,
  tools,
}:
let
  initialPath = map (name: tools.${name}) [
    "coreutils"
    "findutils"
    "diffutils"
    "gnused"
    "gnugrep"
    "gawk"
    "gnutar"
    "gzip"
    "gnumake"
    "bash"
    "patch"
    "xz"
  ];

  isCross = !lib.systems.equals buildPlatform hostPlatform;
  # One folder of links for compiler and binutils, where nixpkgs has two.
  cc = if isCross then tools.crossCc hostPlatform else tools.cc;
  ccFor = cc // {
    targetPrefix = if isCross then "${hostPlatform.config}-" else "";
    isGNU = !hostPlatform.isDarwin;
    isClang = hostPlatform.isDarwin;
    bintools = if isCross then cc else tools.binutils;
    inherit cc;
    libc = null;
  };

  # A folder with the `setup` script, as other builders source it.
  shellFolder =
    cc:
    derivation {
      name = if cc == null then "stdenv-no-cc-linux" else "stdenv-linux";
      inherit (buildPlatform) system;
      builder = "${tools.bash}/bin/bash";
      PATH = "${tools.coreutils}/bin";
      initialPath = lib.concatMapStringsSep " " toString (initialPath ++ lib.optional (cc != null) cc);
      shell = "${tools.bash}/bin/bash";
      phases = ./setup.sh;
      args = [
        "-ec"
        ''
          mkdir $out
          { printf 'initialPath=%q\nSHELL=%q\n' "$initialPath" "$shell"; cat "$phases"; } > $out/setup
        ''
      ];
    };

  make =
    {
      cc,
    }:
    let
      folder = shellFolder cc;
      self = folder // {
        inherit
          buildPlatform
          hostPlatform
          initialPath
          cc
          ;
        targetPlatform = hostPlatform;
        hasCC = cc != null;
        shell = "${tools.bash}/bin/bash";
        inherit (hostPlatform)
          isLinux
          isDarwin
          isx86_64
          isAarch64
          ;
        mkDerivation = import ./make-derivation.nix {
          inherit
            lib
            check
            tools
            buildPlatform
            hostPlatform
            ;
          stdenv = folder;
        };
        override = changed: make ({ inherit cc; } // changed);
      };
    in
    self;
in
make { cc = ccFor; }
