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
  inherit (pkgs.stdenv.hostPlatform) system isDarwin;
  inherit (table.platforms.${platform}) host target;

  bash = "${pkgs.bash}/bin/bash";

  scripts = builtins.mapAttrs (_: import ./script.nix) {
    common = ./common.sh;
    unit = ./unit.sh;
    doctest = ./doctest.sh;
    run = ./script.sh;
    unpack = ./unpack.sh;
    cfg = ./cfg.sh;
  };
  path = map (package: "${package}") [
    pkgs.stdenv.cc
    pkgs.coreutils
    pkgs.gnugrep
    pkgs.gnused
  ];
  linkerOf = packages: "${packages.stdenv.cc}/bin/${packages.stdenv.cc.targetPrefix or ""}cc";
  hostLinker = linkerOf pkgs;
  targetLinker = linkerOf targetPkgs;
  toolPaths = builtins.attrValues tools;

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
        env =
          given.env or { }
          // builtins.mapAttrs (_: toString) variables;
        rustFlags = attributes.rustFlags ++ given.extraRustcOpts or [ ];
      }
    );

  hostOverrides = overrides pkgs;
  targetOverrides = overrides targetPkgs;

  make =
    script: crate: unit: attributes:
    let
      packages = if unit.cross or false then targetPkgs else pkgs;
      override = (if unit.cross or false then targetOverrides else hostOverrides).${crate.name} or null;
      given = override {
        crateName = crate.name;
        inherit (crate) version;
        inherit (attributes) src features;
      };
    in
    if override != null then
      withStdenv packages script given attributes
    else if isDarwin && attributes.links then
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

  # What every derivation of a crate is told.
  crateAttributes =
    crate: unit:
    {
      inherit (scripts) common;
      inherit toolPaths;
      inherit (tools) cargo;
      inherit (crate) version;
      pname = crate.name;
      packageEnv = crate.env or { };
      features = unit.features or [ ];
      rustFlags = unit.flags or [ ];
    }
    // (
      if crate ? directory then
        {
          src = sources.${unit.source};
          isLocal = true;
          unitEnv = env // (unit.env or { });
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

  dependencies =
    unit: field: (unit.${field} or { }) // (unit.only.${platform} or { }).${field} or { };

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

  reference =
    unit: field:
    let
      key = unit.${field} or (unit.only.${platform} or { }).${field} or null;
    in
    if key == null then "" else units.${key};

  compile =
    unit:
    let
      crate = table.crates.${unit.crate};
      part = crate.targets.${unit.target};
      profile = table.profiles.${unit.profile};
      mode = unit.mode or "build";
      cross = unit.cross or false;
      testing = mode == "test" || mode == "check-test";
      isLibrary = part.kind == "lib" && !testing;
    in
    make (if mode == "doctest" then scripts.doctest else scripts.unit) crate unit (
      crateAttributes crate unit
      // {
        name =
          if mode == "build" && part.kind == "bin" then
            "${part.name}-${crate.version}"
          else
            "${crate.name}-${crate.version}-${part.kind}.crate-unit";
        crateName = part.crate;
        main = part.path;
        inherit (part) edition;
        metadata = builtins.substring 0 16 (
          builtins.hashString "sha256" (
            builtins.toJSON [
              unit.crate
              unit.target
              mode
              cross
              profile
              (unit.features or [ ])
            ]
          )
        );
        crateTypes = if testing then [ ] else part.types;
        procMacro = part.procMacro or false;
        inherit isLibrary;
        isTestTarget = part.kind == "test" || part.kind == "bench";
        binary = if part.kind == "bin" then part.name else "";
        program = part.name;
        profileFlags = profile ++ platformFlags cross profile ++ (if testing then part.testFlags or [ "--test" ] else [ ]);
        lintFlags = crate.lints or [ "--cap-lints" "allow" ];
        emit = if mode == "check" || mode == "check-test" then "metadata" else "link";
        driver =
          if mode == "doctest" then
            tools.rustdoc
          else if unit.clippy or false then
            tools.clippy-driver
          else
            tools.rustc;
        checkCfg = crate.checkCfg;
        triple = if cross then target else "";
        linker = if cross then targetLinker else hostLinker;
        externs = builtins.mapAttrs (_: name: units.${name}) (dependencies unit "externs");
        bins = builtins.mapAttrs (_: name: units.${name}) (dependencies unit "bins");
        script = reference unit "script";
        linksNatively = part.kind == "lib" || !(crate.hasLib or true);
        linkScopes = part.linkScopes or [ ];
        scrub = mode == "build" && part.kind == "bin";
        links = !isLibrary || part.types != [ "lib" ];
      }
    );

  run =
    unit:
    let
      crate = table.crates.${unit.crate};
      part = crate.targets.${unit.target};
      cross = unit.cross or false;
    in
    make scripts.run crate unit (
      crateAttributes crate unit
      // {
        name = "${crate.name}-${crate.version}.script-run";
        inherit (tools) rustc rustdoc;
        build = reference unit "build";
        program = part.name;
        linksName = crate.links or "";
        linked = map (name: units.${name}) (unit.links or [ ] ++ (unit.only.${platform} or { }).links or [ ]);
        platformEnvironment = if cross then targetEnvironment else hostEnvironment;
        scriptEnv = table.scripts.${unit.profile};
        links = true;
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
            tool = name: "${packages.stdenv.cc}/bin/${packages.stdenv.cc.targetPrefix or ""}${name}";
          in
          {
            "CC_${suffix}" = tool "cc";
            "CXX_${suffix}" = tool "c++";
            "AR_${suffix}" = "${packages.stdenv.cc.bintools}/bin/${packages.stdenv.cc.targetPrefix or ""}ar";
            RUSTC_LINKER = targetLinker;
          }
      );
    };
  hostEnvironment = environmentOf host pkgs;
  targetEnvironment = environmentOf target targetPkgs;

  units = builtins.mapAttrs (
    _: unit: (if unit.mode or "build" == "run" then run else compile) unit
  ) table.units;
in
units
