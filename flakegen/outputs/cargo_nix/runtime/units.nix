# The units of Cargo.nix as derivations: one for each rustc call and each build-script run, made only when asked for.
#
# table      Cargo.nix, imported
# root       the project's folder, which all paths of the table start from
# platform   the name of the platform in `table.platforms` for which units are resolved
# pkgs       packages that run on the building machine; targetPkgs: packages of the machine the result runs on
# tools      { rustc, rustdoc, cargo, clippy-driver }: paths of programs
# env        environment of the workspace's own units
# overrides  package set -> crate name -> attributes -> attributes, as nixpkgs' defaultCrateOverrides
{
  table,
  root,
  platform,
  pkgs,
  targetPkgs ? pkgs,
  tools,
  env ? { },
  overrides ? packages: packages.defaultCrateOverrides,
}:
let
  inherit (pkgs.stdenv.hostPlatform) system;
  inherit (table.platforms.${platform}) host target;

  bash = "${pkgs.bash}/bin/bash";

  scripts = builtins.mapAttrs (_: import ./script.nix) {
    common = ./common.sh;
    unit = ./unit.sh;
    doctest = ./doctest.sh;
    run = ./script.sh;
    unpack = ./unpack.sh;
    cfg = ./cfg.sh;
    cargo = ./cargo.sh;
    shim = ./shim.sh;
  };
  # What stdenv offers every build, for build scripts that call make or a configure script.
  path = map (package: "${package}") [
    pkgs.stdenv.cc
    pkgs.bash
    pkgs.coreutils
    pkgs.diffutils
    pkgs.findutils
    pkgs.gawk
    pkgs.gnugrep
    pkgs.gnumake
    pkgs.gnused
    pkgs.gnutar
    pkgs.gzip
  ];
  linkerOf = packages: "${packages.stdenv.cc}/bin/${packages.stdenv.cc.targetPrefix}cc";
  hostLinker = linkerOf pkgs;
  targetLinker = linkerOf targetPkgs;

  sources = builtins.mapAttrs (
    _:
    import ../source.nix {
      name = "${table.name}.crate-src";
      inherit root;
    }
  ) table.sources;

  # One bash script run by a raw derivation: no stdenv set-up, its attributes as bash variables.
  lean =
    script: attributes:
    derivation (
      {
        __structuredAttrs = true;
        inherit system path;
        builder = bash;
        args = [
          "-euo"
          "pipefail"
          script
        ];
      }
      // attributes
    );

  # The same script in nixpkgs' stdenv: for crates that an override gives native libraries, and where linking needs the
  # platform's own environment.
  withStdenv =
    packages: script: given: attributes:
    let
      hooks = {
        buildInputs = null;
        nativeBuildInputs = null;
        propagatedBuildInputs = null;
        hardeningDisable = null;
        patches = null;
        prePatch = null;
        postPatch = null;
        preConfigure = null;
        postConfigure = null;
        preBuild = null;
        postBuild = null;
        src = null;
        env = null;
      };
      variables = builtins.removeAttrs given (builtins.attrNames hooks ++ [ "extraRustcOpts" ]);
    in
    packages.stdenv.mkDerivation (
      attributes
      // builtins.intersectAttrs hooks given
      // {
        __structuredAttrs = true;
        strictDeps = true;
        buildCommand = "source ${script}";
        env = given.env or { } // builtins.mapAttrs (_: toString) variables;
        rustFlags = attributes.rustFlags ++ given.extraRustcOpts or [ ];
      }
    );

  # What units are told is cargo: see cargo.sh.
  cargo = "${
    lean scripts.shim {
      name = "cargo-for-units";
      shell = bash;
      text = scripts.cargo;
      program = "cargo";
    }
  }/bin/cargo";

  hostOverrides = overrides pkgs;
  targetOverrides = overrides targetPkgs;

  # `links`: whether the unit calls a linker, or programs that may.
  make =
    script: crate: unit: links: attributes:
    let
      packages = if unit.cross then targetPkgs else pkgs;
      override = (if unit.cross then targetOverrides else hostOverrides).${crate.name} or null;
      given = override {
        crateName = crate.name;
        inherit (crate) version;
        inherit (attributes) src features;
      };
    in
    if override != null then
      withStdenv packages script given attributes
    else if links && packages.stdenv.hostPlatform.isDarwin then
      withStdenv packages script { } attributes
    else
      lean script attributes;

  fetched = builtins.mapAttrs (
    _: crate:
    let
      name = "${crate.name}-${crate.version}.crate-src";
    in
    if crate ? git then
      builtins.fetchGit (crate.git // { inherit name; })
    else
      lean scripts.unpack {
        inherit name;
        path = map (package: "${package}") [
          pkgs.coreutils
          pkgs.gnutar
          pkgs.gzip
        ];
        archive = pkgs.fetchCrate {
          pname = crate.name;
          inherit (crate) version sha256;
          unpack = false;
        };
      }
  ) table.crates;

  # An entry of the table with its defaults, and with what this platform adds to it.
  complete =
    given:
    let
      unit = {
        mode = "build";
        cross = false;
        clippy = false;
        features = [ ];
        flags = [ ];
        env = { };
        externs = { };
        bins = { };
        links = [ ];
      }
      // given;
      here = given.only.${platform};
    in
    if given ? only.${platform} then
      unit
      // here
      // {
        externs = unit.externs // (here.externs or { });
        bins = unit.bins // (here.bins or { });
        links = unit.links ++ (here.links or [ ]);
      }
    else
      unit;

  # What every derivation of a crate is told.
  crateAttributes =
    crate: unit:
    {
      inherit (scripts) common;
      inherit cargo;
      realCargo = tools.cargo;
      inherit (crate) version;
      inherit (unit) features;
      pname = crate.name;
      packageEnv = crate.env or { };
      rustFlags = unit.flags;
      script = if unit ? script then units.${unit.script} else "";
    }
    // (
      if crate ? directory then
        {
          src = sources.${unit.source};
          isLocal = true;
          unitEnv = env // unit.env;
          inherit (crate) directory;
          inherit (table) command workspace;
        }
      else
        {
          src = fetched.${unit.crate};
          isLocal = false;
          unitEnv = { };
          directory = crate.subfolder or "";
          workspace = "";
          command = "";
        }
    );

  # Cargo's default for Apple's linker, which is no part of a profile elsewhere.
  platformFlags =
    cross: profile:
    let
      apple = builtins.match ".*-apple-.*" (if cross then target else host) != null;
      says = option: builtins.any (flag: builtins.match "${option}=.*" flag != null) profile;
    in
    if apple && says "debuginfo" && !(says "split-debuginfo") then
      [
        "-C"
        "split-debuginfo=unpacked"
      ]
    else
      [ ];

  driverOf =
    unit:
    if unit.mode == "doctest" then
      tools.rustdoc
    else if unit.clippy then
      tools.clippy-driver
    else
      tools.rustc;

  compile =
    unit:
    let
      crate = table.crates.${unit.crate};
      part = {
        procMacro = false;
        linkScopes = [ ];
        testFlags = [ "--test" ];
      }
      // crate.targets.${unit.target};
      profile = table.profiles.${unit.profile};
      testing = unit.mode == "test" || unit.mode == "check-test";
      checking = unit.mode == "check" || unit.mode == "check-test";
      isLibrary = part.kind == "lib" && !testing;
      isProduct = part.kind == "bin" && unit.mode == "build";
      # Told apart as cargo tells units apart, by what they are; never by sources, so that equal code is equal output.
      metadata = builtins.substring 0 16 (builtins.hashString "sha256" (builtins.toJSON identity));
      identity = [
        unit.crate
        unit.target
        unit.mode
        unit.cross
        profile
        unit.features
        unit.flags
      ];
    in
    make (if unit.mode == "doctest" then scripts.doctest else scripts.unit) crate unit
      (part.types != [ "lib" ] || !isLibrary)
      (
        crateAttributes crate unit
        // {
          name =
            if isProduct then
              "${part.name}-${crate.version}"
            else
              "${crate.name}-${crate.version}-${part.kind}.crate-unit";
          crateName = part.crate;
          main = part.path;
          inherit (part) edition procMacro linkScopes;
          inherit metadata;
          # As in cargo, a shared library of one's own has its plain name.
          extraFilename =
            if crate ? directory && (builtins.elem "cdylib" part.types || builtins.elem "dylib" part.types) then
              ""
            else
              "-${metadata}";
          crateTypes = if testing then [ ] else part.types;
          inherit isLibrary;
          isTestTarget = part.kind == "test" || part.kind == "bench";
          binary = if part.kind == "bin" then part.name else "";
          program = part.name;
          profileFlags =
            profile ++ platformFlags unit.cross profile ++ (if testing then part.testFlags else [ ]);
          lintFlags = crate.lints or capped;
          emit = if checking then "metadata" else "link";
          driver = driverOf unit;
          inherit (crate) checkCfg;
          triple = if unit.cross then target else "";
          linker = if unit.cross then targetLinker else hostLinker;
          externs = builtins.mapAttrs (_: key: units.${key}) unit.externs;
          bins = builtins.mapAttrs (_: key: units.${key}) unit.bins;
          linksNatively = (part.kind == "lib" || crate ? hasLib) && unit.mode != "doctest";
          scrub = isProduct;
          toolPaths = if isProduct then builtins.attrValues tools ++ [ cargo ] else [ ];
        }
      );
  capped = [
    "--cap-lints"
    "allow"
  ];

  run =
    unit:
    let
      crate = table.crates.${unit.crate};
    in
    make scripts.run crate unit true (
      crateAttributes crate unit
      // {
        name = "${crate.name}-${crate.version}.script-run";
        inherit (tools) rustc rustdoc;
        build = units.${unit.build};
        program = crate.targets.${unit.target}.name;
        linksName = crate.links or "";
        linked = map (key: units.${key}) unit.links;
        platformEnvironment = if unit.cross then targetEnvironment else hostEnvironment;
        scriptEnv = table.scripts.${unit.profile};
      }
    );

  # CARGO_CFG_*, and the tools a build script of that platform calls.
  environmentOf =
    triple: packages:
    lean scripts.cfg {
      name = "cargo-cfg-${triple}";
      inherit (tools) rustc;
      inherit triple;
      rustFlags = [ ];
      environment = {
        HOST = host;
        TARGET = triple;
      }
      // (
        if triple == host then
          { }
        else
          let
            suffix = builtins.replaceStrings [ "-" ] [ "_" ] triple;
            tool = name: "${packages.stdenv.cc}/bin/${packages.stdenv.cc.targetPrefix}${name}";
          in
          {
            "CC_${suffix}" = tool "cc";
            "CXX_${suffix}" = tool "c++";
            "AR_${suffix}" = "${packages.stdenv.cc.bintools}/bin/${packages.stdenv.cc.targetPrefix}ar";
            RUSTC_LINKER = targetLinker;
          }
      );
    };
  hostEnvironment = environmentOf host pkgs;
  targetEnvironment = environmentOf target targetPkgs;

  units = builtins.mapAttrs (
    _: given:
    let
      unit = complete given;
    in
    if unit.mode == "run" then run unit else compile unit
  ) table.units;
in
units
