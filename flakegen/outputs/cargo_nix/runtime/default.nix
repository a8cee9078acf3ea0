# What a flake asks of its Cargo workspace: packages, checks and caching layers, all made of the units of Cargo.nix. `shared`
# is the same on another platform, whose sources need no second look.
{
  table,
  root,
  platform,
  pkgs,
  targetPkgs ? pkgs,
  tools,
  shared ? { },
  env ? { },
  overrides ? packages: packages.defaultCrateOverrides,
}:
let
  inherit (builtins)
    attrNames
    attrValues
    concatMap
    elemAt
    filter
    genericClosure
    length
    listToAttrs
    ;

  # Cargo.nix was made from these very files; from others it would describe another build.
  stale = filter (file: builtins.hashFile "sha256" (root + "/${file}") != table.guard.${file}) (
    attrNames table.guard
  );
  fresh =
    value:
    if stale == [ ] then
      value
    else
      throw "${elemAt stale 0} has changed since Cargo.nix was made from it; run: ${table.command}";

  own.fetched = import ./fetched.nix {
    inherit
      table
      root
      builder
      pkgs
      ;
  };
  inherit (own // shared) fetched;

  units = fresh (
    import ./units.nix {
      inherit
        table
        root
        platform
        builder
        fetched
        env
        overrides
        ;
    }
  );

  builder = import ./builder.nix {
    inherit pkgs targetPkgs tools;
    inherit (table.platforms.${platform}) host target;
  };
  runScript = builder.lean builder.host;

  rootsOf = build: table.builds.${build}.${platform};
  crateOf = key: table.crates.${table.units.${key}.crate};
  targetOf = key: (crateOf key).targets.${table.units.${key}.target};

  # The keys of all units that some units are made from, themselves included.
  closure =
    keys:
    map (item: item.key) (genericClosure {
      startSet = map (key: { inherit key; }) keys;
      operator =
        { key }:
        let
          unit = table.units.${key};
          only = unit.only.${platform} or { };
          of =
            edges:
            attrValues (edges.externs or { })
            ++ attrValues (edges.bins or { })
            ++ edges.links or [ ]
            ++ (if edges ? script then [ edges.script ] else [ ])
            ++ (if edges ? build then [ edges.build ] else [ ]);
        in
        map (key: { inherit key; }) (of unit ++ of only);
    });

  # One derivation that stands for many units: fetching it fetches them all.
  bundle = name: derivations: runScript builder.scripts.bundle { inherit name derivations; };
  bundleUnits = name: keys: bundle name (map (key: units.${key}) keys);

  # The names of all builds that this platform has.
  builds = filter (build: table.builds.${build} ? ${platform}) (attrNames table.builds);

  isBinary = key: (targetOf key).kind == "bin";
  thirdParty = filter (key: !(crateOf key ? directory));
in
{
  inherit units builds fetched;

  # The binaries of a build as one package; the library where there is none.
  package =
    build:
    let
      roots = rootsOf build;
      binaries = filter isBinary roots;
      main = if binaries == [ ] then elemAt roots 0 else elemAt binaries 0;
      value =
        if length binaries == 1 then
          units.${main}
        else
          runScript builder.scripts.join {
            name = "${(crateOf main).name}-${(crateOf main).version}";
            units = map (key: units.${key}) (if binaries == [ ] then roots else binaries);
            inherit (units.${main}) metadata;
          };
    in
    value
    // {
      overrideAttrs = change: derivation (value.drvAttrs // change value.drvAttrs);
      pname = (crateOf main).name;
      inherit (crateOf main) version;
      meta.mainProgram = (targetOf main).name;
    };

  # Every fetched crate that the builds are made from.
  dependencies =
    name: builds:
    bundleUnits name (
      thirdParty (
        closure (concatMap rootsOf (filter (build: table.builds.${build} ? ${platform}) builds))
      )
    );

  # Layer 0: everything fetched; layer n: the workspace's packages that need layers below n alone.
  layers =
    let
      keys = closure (concatMap rootsOf builds);
      layer = number: filter (key: table.units.${key}.layer or (-1) == number) keys;
    in
    listToAttrs (
      builtins.genList (number: {
        name = toString number;
        value = bundleUnits "${table.name}-layer-${toString number}" (layer number);
      }) table.layers
    );

  # A build's units, made and thrown away: for a build whose point is that it succeeds.
  succeeds = name: build: bundleUnits name (rootsOf build);

  # Runs every test program of a build where cargo would run it.
  tests =
    name: build: arguments:
    bundle name (
      map (
        key:
        if table.units.${key}.mode == "doctest" then
          units.${key}
        else
          let
            crate = crateOf key;
            unit = units.${key};
          in
          runScript builder.scripts.test {
            name = "${crate.name}-${(targetOf key).name}-test-run";
            inherit (unit) bins src version;
            inherit (table) workspace;
            inherit (crate) directory;
            pname = crate.name;
            isLocal = true;
            packageEnv = crate.env or { };
            unitEnv = env // (table.units.${key}.env or { });
            inherit arguments;
            program = "${unit}/bin/${(targetOf key).name}";
          }
      ) (filter (key: table.units.${key} ? mode) (rootsOf build))
    );

  # The layout of the workspace's own sources, looked at as `cargo fmt --check` does.
  formatted =
    name: arguments:
    runScript builder.scripts.fmt {
      inherit name arguments;
      inherit (table) workspace;
      inherit (table.rustfmt) targets;
      src = fresh (
        import ./source.nix {
          name = "${table.name}-rust";
          inherit root;
        } table.rustfmt.source
      );
    };
}
