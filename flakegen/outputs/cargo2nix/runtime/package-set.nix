# From the table in Cargo.nix to what cargo2nix's overlay calls: a function for `makePackageSet { packageFun = …; }`.
#
# A crate is built in one of two roles: for the target, or for the machine that builds (build scripts, macros and all that
# they need), and has features of its own in each. What a role sees when its conditions are decided is a *side*:
#
#   roots    the members and features asked for, as attributes
#   dev      whether tests or benchmarks are built, with the members' dev-dependencies
#   host     whether the role is that of the machine that builds
#   on       the conditions of `[target.…]` tables, on the platform of this role
#   target   the same on the platform that is built for in the end
#   builder  the same on the machine that builds
#   crates   the libraries in this role
#   tools    the libraries for the machine that builds
table:
{
  release ? true,
  rootFeatures ? table.rootFeatures,
  rustPackages,
  buildRustPackages,
  hostPlatform,
  hostPlatformCpu ? null,
  hostPlatformFeatures ? [ ],
  target ? null,
  codegenOpts ? null,
  profileOpts ? null,
  cargoUnstableFlags ? [ ],
  rustcLinkFlags ? [ ],
  rustcBuildFlags ? [ ],
  mkRustCrate,
  rustLib,
  lib,
  workspaceSrc ? null,
  ignoreLockHash ? false,
  cargoConfig ? { },
}:
let
  inherit (builtins)
    attrNames
    filter
    groupBy
    hashFile
    isFunction
    mapAttrs
    pathExists
    ;

  # --- the guard ----------------------------------------------------------------------------------------------------------

  workspace = if workspaceSrc == null then table.root + "/${table.workspace}" else workspaceSrc;
  isStale =
    file:
    !pathExists (workspace + "/${file}")
    || hashFile "sha256" (workspace + "/${file}") != table.guard.${file};
  stale = filter isStale (attrNames table.guard);
  guarded =
    value:
    if ignoreLockHash || stale == [ ] then
      value
    else
      throw "Cargo.nix was made from another ${lib.concatStringsSep ", " stale}: run `${table.command}`";

  # --- what is asked for --------------------------------------------------------------------------------------------------

  roots = rustLib.expandFeatures rootFeatures;
  memberOf = feature: builtins.head (lib.splitString "/" feature);
  unknown = filter (feature: !(table.members ? ${memberOf feature})) rootFeatures;
  known =
    value:
    if unknown == [ ] then
      value
    else
      throw "rootFeatures: the workspace has no member '${memberOf (builtins.head unknown)}'";

  triple = if target == null then rustLib.rustTriple hostPlatform else target;
  on = table.platforms (
    import ./cfg.nix {
      inherit lib triple;
      features = hostPlatformFeatures;
      atomicWidth = hostPlatform.cargo2nix.max-atomic-width or 64;
    }
  );
  config = if cargoConfig == { } then table.config else cargoConfig;

  # --- sides --------------------------------------------------------------------------------------------------------------

  isTesting =
    profile:
    builtins.elem profile [
      "bench"
      "test"
    ];

  # Each profile's crates for this platform; for the machine that builds they come from its own package set.
  sides = mapAttrs (profile: _: {
    inherit roots on profile;
    host = false;
    dev = isTesting profile;
    target = on;
    builder = buildRustPackages.flakegen.platform;
    crates = mapAttrs (
      _: crate:
      (rustPackages.${registryOf crate}.${crate.name}.${crate.version} { profileName = profile; }).out
    ) table.crates;
    tools = mapAttrs (_: tool: tool.out) tools.${profile};
  }) table.profiles;
  tools = mapAttrs (
    profile: _:
    buildRustPackages.flakegen.tools {
      inherit profile;
      target = on;
    }
  ) table.profiles;
  toolsFor =
    { profile, target }:
    let
      made = mapAttrs (_: make side) table.crates;
      libraries = mapAttrs (_: tool: tool.out) made;
      side = {
        inherit
          roots
          on
          profile
          target
          ;
        host = true;
        dev = isTesting profile;
        builder = on;
        crates = libraries;
        tools = libraries;
      };
    in
    made;

  # --- crates -------------------------------------------------------------------------------------------------------------

  registryOf = crate: crate.registry or table.registry;

  decided = value: side: if isFunction value then value side else value;

  settingsOf =
    crate: side:
    let
      all = crate.profiles.${side.profile} or table.profiles.${side.profile};
    in
    if side.host then all.host else all.own // { build-override = all.host; };

  sourceOf =
    crate: testing:
    if crate ? vendored then
      inProject crate "-vendored" crate.vendored
    else if crate ? archive then
      inProject crate ".tar.gz" crate.archive
    else if crate ? url then
      # Nix' own fetcher, as the overlay's for other registries asks for their index.
      import <nix/fetchurl.nix> {
        name = "${crate.name}-${crate.version}.tar.gz";
        inherit (crate) url sha256;
      }
    else if crate ? sha256 then
      rustLib.fetchCratesIo { inherit (crate) name version sha256; }
    else if crate ? git then
      builtins.fetchGit crate.git + (if crate ? subfolder then "/${crate.subfolder}" else "")
    else
      localSource crate testing;

  inProject =
    crate: ending: path:
    builtins.path {
      name = "${crate.name}-${crate.version}${ending}";
      path = table.root + "/${path}";
    };

  # The project as the overlay would take it, or as much of it as a package reads.
  localSource =
    crate: testing:
    let
      own = if testing then crate.tests else crate.source;
      source = import ./source.nix {
        name = "${crate.name}-source";
        inherit (table) root command;
        user = "${crate.name}-${crate.version}";
      } (own // { files = lib.optionals (!(crate ? directory)) table.frame ++ own.files or [ ]; });
    in
    rustLib.fetchCrateLocal (
      if workspaceSrc == null then
        "${source}/${crate.directory or table.workspace}"
      else
        workspaceSrc + (if crate ? folder then "/${crate.folder}" else "")
    );

  selectedSource =
    crate: side:
    if crate ? selected && !(crate.selected side) then
      throw "${crate.name} is not among rootFeatures: add \"${crate.name}\" or \"${crate.name}/default\" to them"
    else
      sourceOf crate false;

  make =
    side: crate:
    let
      settings = settingsOf crate side;
      profile = table.profiles.${side.profile};
      ofCargo = if profile.release then "release" else "dev";
    in
    mkRustCrate {
      inherit (crate) name version;
      inherit
        hostPlatformCpu
        hostPlatformFeatures
        target
        profileOpts
        codegenOpts
        cargoUnstableFlags
        rustcBuildFlags
        ;
      inherit (profile) release;
      registry = registryOf crate;
      src = selectedSource crate side;
      profile = removeAttrs settings [ "build-override" ];
      # A member's own profiles mean nothing to cargo, and those of its workspace are not the chosen one's.
      cargoConfig = lib.recursiveUpdate config { profile.${ofCargo} = settings; };
      # Cargo does not let the lints of fetched crates fail a build; the overlay sees to those of crates.io.
      rustcLinkFlags =
        rustcLinkFlags
        ++ lib.optionals (registryOf crate != "unknown" && registryOf crate != table.registry or "") [
          "--cap-lints"
          "warn"
        ];
      features = decided (crate.features or [ ]) side;
      dependencies = decided (crate.dependencies or { }) side;
      devDependencies = decided (crate.devDependencies or { }) side;
      buildDependencies = decided (crate.buildDependencies or { }) side;
    };

  made = mapAttrs (
    _: crate: mapAttrs (profile: _: make sides.${profile} crate) table.profiles
  ) table.crates;

  # What the overlay's users call: a crate in a profile, as a product or as a test.
  callable =
    key: crate:
    {
      compileMode ? null,
      profileName ? rustLib.decideProfile compileMode release,
    }:
    let
      forTools = crate.macro or false || profileName == "__noProfile";
      profile = if profileName == "__noProfile" then rustLib.decideProfile null release else profileName;
      product =
        (if forTools then tools else made)
        .${if forTools then profile else key}.${if forTools then key else profile};
    in
    if compileMode == null then
      product
    else
      product.override (
        { inherit compileMode; } // lib.optionalAttrs (crate ? tests) { src = sourceOf crate true; }
      );

  byRegistry = mapAttrs (
    _: ofRegistry:
    mapAttrs (
      _: ofName:
      builtins.listToAttrs (
        map (key: {
          name = table.crates.${key}.version;
          value = callable key table.crates.${key};
        }) ofName
      )
    ) (groupBy (key: table.crates.${key}.name) ofRegistry)
  ) (groupBy (key: registryOf table.crates.${key}) (attrNames table.crates));
in
guarded (
  known (
    byRegistry
    // {
      inherit (table) cargo2nixVersion;
      workspace = mapAttrs (
        _: key:
        let
          crate = table.crates.${key};
        in
        rustPackages.${registryOf crate}.${crate.name}.${crate.version}
      ) table.members;
      # For the package sets of other platforms, which are made from this same file.
      flakegen = {
        platform = on;
        tools = toolsFor;
      };
    }
  )
)
