# The interface of cargo2nix 0.12: makePackageSet, what it calls Cargo.nix with, and what Cargo.nix calls.
final: _:
let
  inherit (final) lib;
  inherit (final.standIn) check;
  inherit (check) types checkArgs;

  strings = types.listOf types.string;

  rustLib = {
    expandFeatures =
      features:
      lib.listToAttrs (
        lib.concatMap (
          feature:
          map (name: lib.nameValuePair name { }) [
            feature
            (builtins.head (lib.splitString "/" feature))
          ]
        ) features
      );
    decideProfile =
      mode: release:
      {
        test = if release then "bench" else "test";
        bench = if release then "bench" else "test";
        doctest = if release then "bench" else "test";
        build = if release then "release" else "dev";
      }
      .${if mode == null then "build" else mode} or (throw "decideProfile: no compile mode ${mode}");
    rustTriple =
      platform:
      {
        x86_64-linux = "x86_64-unknown-linux-gnu";
        aarch64-linux = "aarch64-unknown-linux-gnu";
        aarch64-darwin = "aarch64-apple-darwin";
      }
      .${platform.system};
    fetchCratesIo =
      given:
      let
        args = checkArgs {
          function = "fetchCratesIo";
          required = {
            name = types.string;
            version = types.string;
            sha256 = types.sha256;
          };
        } given;
      in
      final.buildPackages.fetchCrate {
        pname = args.name;
        inherit (args) version sha256;
        unpack = false;
      };
    makeOverride =
      given:
      checkArgs {
        function = "makeOverride";
        optional = {
          name = types.string;
          version = types.string;
          registry = types.string;
          overrideArgs = types.function;
          overrideAttrs = types.function;
        };
      } given;
  };

  # An override acts on the crates that it names.
  fits =
    args: override:
    let
      named = builtins.intersectAttrs {
        name = null;
        version = null;
        registry = null;
      } override;
    in
    builtins.intersectAttrs named args == named;
  overridden =
    overrides: make: args:
    let
      fitting = lib.filter (fits args) overrides;
      changed = lib.foldl' (
        before: override: before // (override.overrideArgs or (_: { })) before
      ) args fitting;
    in
    lib.foldl' (
      crate: override:
      if override ? overrideAttrs then crate.overrideAttrs override.overrideAttrs else crate
    ) (make changed) fitting;

  makePackageSet =
    given:
    let
      args = checkArgs {
        function = "makePackageSet";
        required = {
          packageFun = types.function;
          rustToolchain = types.package;
        };
        optional = {
          packageOverrides = types.function;
          target = types.nullOr types.string;
          workspaceSrc = types.nullOr types.source;
          rootFeatures = strings;
          release = types.bool;
          ignoreLockHash = types.bool;
          cargoConfig = types.attrs;
        };
      } given;
      toolchain =
        if args.rustToolchain ? version then
          args.rustToolchain
        else
          throw "makePackageSet: rustToolchain has no version";
      setOf =
        pkgs: target: tools:
        let
          mkRustCrate = import ./crate.nix {
            inherit pkgs toolchain rustLib;
            triple = if target == null then rustLib.rustTriple pkgs.stdenv.hostPlatform else target;
          };
          overrides = (args.packageOverrides or (packages: packages.rustBuilder.overrides.all)) pkgs;
          # What packages are called with: nothing else is there.
          packages = lib.fix (
            rustPackages:
            args.packageFun (
              {
                inherit rustPackages lib target;
                buildRustPackages = if tools == null then self else tools;
                hostPlatform = pkgs.stdenv.hostPlatform // {
                  cargo2nix = {
                    max-atomic-width = 64;
                    target-pointer-width = 64;
                  };
                };
                mkRustCrate = overridden overrides (lib.makeOverridable mkRustCrate);
                rustLib = rustLib // {
                  fetchCrateLocal = path: path;
                };
                workspaceSrc = args.workspaceSrc or null;
                ignoreLockHash = args.ignoreLockHash or false;
                cargoConfig = args.cargoConfig or { };
                codegenOpts = null;
                profileOpts = null;
                cargoUnstableFlags = [ ];
                rustcLinkFlags = [ ];
                rustcBuildFlags = [ ];
              }
              // builtins.intersectAttrs {
                release = null;
                rootFeatures = null;
              } args
            )
          );
          self = packages // {
            buildRustPackages = if tools == null then self else tools;
          };
        in
        self;
    in
    setOf final (args.target or null) (setOf final.buildPackages null null);
in
{
  rustBuilder = {
    inherit rustLib makePackageSet;
    overrides.all = [ ];
  };
}
