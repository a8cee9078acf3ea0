# One package set: packages that run on hostPlatform, built on buildPlatform. Overlays act on the whole set.
{
  lib,
  check,
  host,
  overlays,
  config,
  buildPlatform,
  hostPlatform,
}@arguments:
let
  isCross = !lib.systems.equals buildPlatform hostPlatform;

  variant = platform: import ./. (arguments // { hostPlatform = lib.systems.elaborate platform; });
  native = import ./. (arguments // { hostPlatform = buildPlatform; });

  base =
    self:
    {
      inherit lib config overlays;
      inherit (self.stdenv) hostPlatform buildPlatform targetPlatform;
      standIn = { inherit check host isCross; };
      stdenv = import ../stdenv {
        inherit
          lib
          check
          buildPlatform
          hostPlatform
          ;
        tools = self.buildPackages.standInTools;
      };
      stdenvNoCC = self.stdenv.override { cc = null; };
      standInTools = import ./host-tools.nix { inherit lib host buildPlatform; };

      pkgs = self;
      buildPackages = if isCross then native // { rustc = native.standInCrossRustc; } else self;
      pkgsBuildHost = self.buildPackages;
      pkgsBuildBuild = self.buildPackages;
      pkgsHostTarget = self;
      pkgsHostHost = self;
      targetPackages = self;
      pkgsCross = lib.mapAttrs (_: variant) lib.systems.examples;
      pkgsStatic = variant {
        config = "${hostPlatform.parsed.cpu.name}-unknown-linux-musl";
        isStatic = true;
      };
      pkgsMusl = variant { config = "${hostPlatform.parsed.cpu.name}-unknown-linux-musl"; };

      # callPackage hands out packages that know their build-time twin, for nativeBuildInputs when cross-compiling.
      callPackage = lib.callPackageWith spliced;
      callPackages = lib.callPackagesWith spliced;
      newScope = extra: lib.callPackageWith (spliced // extra);
      extend = overlay: import ./. (arguments // { overlays = overlays ++ [ overlay ]; });
      appendOverlays = more: import ./. (arguments // { overlays = overlays ++ more; });
    }
    // import ./build-support.nix self
    // import ./writers.nix self
    // import ./fetchers.nix self
    // import ./docker.nix self
    // import ./toolchain.nix self
    // import ./programs.nix self
    // import ./python.nix self
    // import ./rust.nix self;

  splice =
    name: package:
    if lib.isDerivation package then
      package
      // {
        __spliced = {
          buildHost = native.${name};
          hostTarget = package;
        };
      }
    else
      package;
  spliced = if isCross then lib.mapAttrs splice final else final;

  final = lib.fix (lib.foldl' (f: overlay: lib.extends overlay f) base overlays);
in
final
