# One crate as one derivation: cargo builds it alone, with the crates that it needs handed to rustc.
{
  pkgs,
  toolchain,
  triple,
  rustLib,
}:
given:
let
  inherit (pkgs) lib;
  inherit (pkgs.standIn.check) types checkArgs;
  strings = types.listOf types.string;
  libraries = types.attrsOf types.package;
  nullOrStrings = types.nullOr strings;

  args = checkArgs {
    function = "mkRustCrate";
    required = {
      name = types.string;
      version = types.string;
      registry = types.string;
      src = types.source;
      release = types.bool;
      profile = types.nullOr types.attrs;
    };
    optional = {
      features = strings;
      dependencies = libraries;
      devDependencies = libraries;
      buildDependencies = libraries;
      compileMode = types.oneOf [
        "build"
        "test"
        "bench"
        "doctest"
      ];
      profileOpts = types.nullOr types.attrs;
      codegenOpts = types.nullOr types.attrs;
      meta = types.meta;
      cargoUnstableFlags = strings;
      rustcLinkFlags = strings;
      rustcBuildFlags = strings;
      target = types.nullOr types.string;
      hostPlatformCpu = types.nullOr types.string;
      hostPlatformFeatures = nullOrStrings;
      cargoConfig = types.attrs;
    };
  } given;

  mode = args.compileMode or "build";
  dependencies = args.dependencies or { };
  devDependencies = lib.optionalAttrs (mode != "build") (args.devDependencies or { });
  buildDependencies = args.buildDependencies or { };
  profile = rustLib.decideProfile mode args.release;
in
pkgs.stdenv.mkDerivation {
  name = "crate-${args.name}-${args.version}${lib.optionalString (mode != "build") "-${mode}"}";
  inherit (args) src;
  outputs = [
    "bin"
    "out"
  ];
  nativeBuildInputs = [
    toolchain
    pkgs.buildPackages.python3
  ];
  order = builtins.toJSON {
    inherit (args) name release;
    inherit
      mode
      triple
      profile
      ;
    manifest = {
      features = lib.genAttrs (args.features or [ ]) (_: [ ]);
      profile.${profile} = lib.optionalAttrs (args.profile != null) args.profile;
    };
    features = args.features or [ ];
    config = args.cargoConfig or { };
    linkFlags = args.rustcLinkFlags or [ ];
    buildFlags = args.rustcBuildFlags or [ ];
    dependencies = lib.mapAttrs (_: toString) (dependencies // devDependencies);
    buildDependencies = lib.mapAttrs (_: toString) buildDependencies;
  };
  phases = "buildPhase";
  buildPhase = "python3 ${./build_crate.py}";
  passthru = {
    inherit (args) name version registry;
    inherit dependencies devDependencies buildDependencies;
    features = args.features or [ ];
    triple = triple;
    settings = args.cargoConfig.profile or { };
  };
}
