# The units of Cargo.nix as derivations: one for each rustc call and each build-script run, made only when asked for.
#
# table      Cargo.nix, imported
# root       the project's folder, which all paths of the table start from
# platform   the name of the platform in `table.platforms` for which units are resolved
# builder    how derivations are made on that platform: builder.nix
# fetched    sources of fetched crates: fetched.nix
# env        environment of the workspace's own units
# overrides  package set -> crate name -> attributes -> attributes, as nixpkgs' defaultCrateOverrides
{
  table,
  root,
  platform,
  builder,
  fetched,
  env,
  overrides,
}:
let
  inherit (builder) scripts;
  machineOf = unit: if unit.cross then builder.target else builder.host;

  sources = builtins.mapAttrs (
    user:
    import ./source.nix {
      name = "${table.name}.crate-src";
      inherit root user;
      inherit (table) command;
    }
  ) table.sources;

  overridesOf = {
    host = overrides builder.host.packages;
    target = overrides builder.target.packages;
  };

  # `links`: whether the unit calls a linker, or programs that may.
  make =
    script: crate: unit: links: attributes:
    let
      machine = machineOf unit;
      override = (if unit.cross then overridesOf.target else overridesOf.host).${crate.name} or null;
      place = placeOf crate unit;
      given = override {
        crateName = crate.name;
        inherit (crate) version;
        inherit (attributes) src features;
      };
    in
    if override != null then
      builder.inStdenv machine script (place // { inherit given; }) attributes
    else if links && machine.packages.stdenv.hostPlatform.isDarwin then
      builder.inStdenv machine script place attributes
    else
      builder.lean machine script attributes;

  # Which part of a crate's build a unit is: see `inStdenv`.
  placeOf =
    crate: unit:
    let
      kindOf = target: crate.targets.${target}.kind;
      kind = kindOf unit.target;
      hasPrograms = builtins.any (target: kindOf target == "bin") (builtins.attrNames crate.targets);
    in
    {
      stage =
        if unit.mode == "run" then
          "run"
        else if kind == "custom-build" then
          "script"
        else
          "compile";
      installs = unit.mode == "build" && kind == (if hasPrograms then "bin" else "lib");
    };

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
    let
      source = sources.${unit.source};
    in
    {
      inherit (crate) version;
      inherit (unit) features;
      pname = crate.name;
      packageEnv = crate.env or { };
      rustFlags = unit.flags;
      script = if unit ? script then units.${unit.script} else "";
    }
    // (if crate ? directory then table.environment.own else table.environment.all)
    // (
      if crate ? directory then
        {
          src = source.outPath;
          isLocal = true;
          isPrimary = crate.member or true;
          unitEnv =
            env
            // unit.env
            // (if source.rebuildHash == null then { } else { FLAKEGEN_REBUILD_HASH = source.rebuildHash; });
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
  appleFlags =
    profile:
    let
      says = option: builtins.any (flag: builtins.match "${option}=.*" flag != null) profile;
    in
    if says "debuginfo" && !(says "split-debuginfo") then
      [
        "-C"
        "split-debuginfo=unpacked"
      ]
    else
      [ ];

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
      machine = machineOf unit;
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
    make (scripts.${unit.mode} or scripts.unit) crate unit (part.types != [ "lib" ] || !isLibrary) (
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
        binary =
          if part.kind == "bin" || part.kind == "example" && part.types == [ "bin" ] then part.name else "";
        program = part.name + machine.suffix;
        profileFlags =
          profile
          ++ (if machine.isApple then appleFlags profile else [ ])
          ++ (if testing then part.testFlags else [ ]);
        lintFlags = crate.lints or capped;
        emit = if checking then "metadata" else "link";
        driver = if unit.clippy then "clippy-driver" else "rustc";
        inherit (crate) checkCfg;
        triple = if unit.cross then machine.triple else "";
        externs = builtins.mapAttrs (_: key: units.${key}) unit.externs;
        bins = builtins.mapAttrs (_: key: units.${key}) unit.bins;
        linksNatively = (part.kind == "lib" || crate ? hasLib) && unit.mode != "doctest";
        scrub = isProduct;
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
        build = units.${unit.build};
        program = crate.targets.${unit.target}.name;
        linksName = crate.links or "";
        linked = map (key: units.${key}) unit.links;
        platformEnvironment = (machineOf unit).environment unit.flags;
        scriptEnv = table.scripts.${unit.profile};
      }
    );

  # The configuration says what the script would have printed (cargo's `[target.<triple>.<links>]`).
  replaced =
    unit:
    let
      crate = table.crates.${unit.crate};
      lines = texts: builtins.concatStringsSep "" (map (text: "${text}\n") texts);
    in
    builder.lean (machineOf unit) scripts.replaced {
      name = "${crate.name}-${crate.version}.script-run";
      linksName = crate.links;
      said = builtins.mapAttrs (_: lines) table.replaced.${unit.replaced};
    };

  units = builtins.mapAttrs (
    _: given:
    let
      unit = complete given;
    in
    if unit ? replaced then
      replaced unit
    else if unit.mode == "run" then
      run unit
    else
      compile unit
  ) table.units;
in
units
