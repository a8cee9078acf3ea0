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
  contentAddressed ? false,
}:
let
  inherit (builtins)
    any
    attrNames
    attrValues
    concatMap
    elem
    elemAt
    filter
    genericClosure
    length
    listToAttrs
    ;

  # Cargo.nix was made from these very files; from others it would describe another build.
  isThere = file: builtins.pathExists (root + "/${file}");
  isStale =
    file: !(isThere file) || builtins.hashFile "sha256" (root + "/${file}") != table.guard.${file};
  stale = filter isStale (attrNames table.guard);
  first = elemAt stale 0;
  fresh =
    value:
    if stale == [ ] then
      value
    else if isThere first then
      throw "${first} has changed since Cargo.nix was made from it; run: ${table.command}"
    else
      throw (
        "Cargo.nix was made from ${first}, which the flake does not hold. If the file is there, git does not know it yet; "
        + "run: git add '${first}'. If it is gone on purpose, run: ${table.command}"
      );

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
    inherit
      pkgs
      targetPkgs
      tools
      contentAddressed
      ;
    inherit (table.platforms.${platform}) host target;
  };
  runScript = builder.lean builder.host;

  rootsOf = build: table.builds.${build}.${platform};
  crateOf = key: table.crates.${table.units.${key}.crate};
  targetOf = key: (crateOf key).targets.${table.units.${key}.target};

  # The keys of all units that some units are made from, themselves included; sorted, so that another way to one of them
  # is no other closure.
  closure =
    keys:
    builtins.sort builtins.lessThan (
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
      })
    );

  # One derivation that stands for many units: fetching it fetches them all.
  bundle = name: derivations: runScript builder.scripts.bundle { inherit name derivations; };
  bundleUnits = name: keys: bundle name (map (key: units.${key}) keys);

  # The names of all builds that this platform has.
  builds = filter (build: table.builds.${build} ? ${platform}) (attrNames table.builds);

  # What cargo leaves beside its intermediate files: programs, and libraries that other languages can link or load.
  isProduct =
    key:
    let
      target = targetOf key;
    in
    target.kind == "bin"
    ||
      target.kind == "lib"
      && any (type: elem type target.types) [
        "cdylib"
        "dylib"
        "staticlib"
      ];

  # What layers and `dependencies` bundle, of this platform and of all others that this system builds for.
  everyPlatform = [ self ] ++ others;
  inherit (noOthers // shared) others;
  noOthers.others = [ ];
  distinct =
    derivations:
    let
      closed = genericClosure {
        startSet = map (value: {
          key = value.drvPath;
          inherit value;
        }) derivations;
        operator = _: [ ];
      };
    in
    if others == [ ] then derivations else map (item: item.value) closed;

  # Units by layer and shard.
  placed = builtins.groupBy (
    key:
    let
      unit = table.units.${key};
    in
    "${toString (unit.layer or 0)}.${toString (unit.shard or 0)}"
  ) (closure (concatMap rootsOf builds));
  unitsAt =
    layer: shard: map (key: units.${key}) (placed."${toString layer}.${toString shard}" or [ ]);

  fetchedOf =
    wanted:
    let
      roots = concatMap rootsOf (filter (build: table.builds.${build} ? ${platform}) wanted);
    in
    map (key: units.${key}) (filter (key: !(crateOf key ? directory)) (closure roots));

  # The roots of a build by the package that they belong to.
  rootsOfMember = build: member: rootsByMember.${build}.${member} or [ ];
  rootsByMember = builtins.mapAttrs (
    _: roots: builtins.groupBy (key: (crateOf key).name) roots.${platform}
  ) table.builds;

  # Test programs are run one derivation each; what is only built (examples) must at least compile.
  testsOfRoots =
    name: keys: arguments:
    let
      kinds = builtins.groupBy (key: table.units.${key}.mode or "build") keys;
    in
    runScript builder.scripts.runTests {
      inherit name;
      runs =
        map (testRun arguments) (kinds.test or [ ]) ++ map (key: units.${key}) (kinds.doctest or [ ]);
      built = map (key: units.${key}) (kinds.build or [ ]);
    };
  testRun =
    arguments: key:
    let
      crate = crateOf key;
      target = targetOf key;
      unit = units.${key};
      isOwn = target.kind == "test" || target.kind == "bench";
    in
    runScript builder.scripts.runTest (
      {
        name = "${crate.name}-${target.name}-test-run";
        inherit (unit)
          bins
          src
          version
          script
          ;
        inherit (table) workspace;
        inherit (crate) directory;
        pname = crate.name;
        isLocal = true;
        packageEnv = crate.env or { };
        unitEnv = env // (table.units.${key}.env or { });
        inherit arguments;
        title = if isOwn then target.path else "unittests ${target.path}";
        selector = if target.kind == "lib" then "--lib" else "--${target.kind} ${target.name}";
        program = "${unit}/bin/${target.name}";
      }
      // table.environment.own
    );

  documented =
    name: keys:
    runScript builder.scripts.bundle {
      inherit name;
      derivations = map (key: units.${key}) keys;
      names = map (key: "${(crateOf key).name}/${(targetOf key).crate}") keys;
    };
  self = {
    inherit
      units
      fetched
      unitsAt
      fetchedOf
      ;

    # The names of all builds, on whatever platforms.
    builds = concatMap (each: each.ownBuilds) everyPlatform;
    ownBuilds = builds;

    # The programs and shared or static libraries of a build as one package; the Rust library where there are none.
    package =
      build:
      let
        roots = rootsOf build;
        products = filter isProduct roots;
        chosen = if products == [ ] then roots else products;
        programs = filter (key: (targetOf key).kind == "bin") chosen;
        main = elemAt (if programs == [ ] then chosen else programs) 0;
        value =
          if length chosen == 1 && programs != [ ] then
            units.${main}
          else
            runScript builder.scripts.join {
              name = "${(crateOf main).name}-${(crateOf main).version}";
              units = map (key: units.${key}) chosen;
              metadata = map (key: units.${key}.metadata) chosen;
            };
      in
      value
      // {
        overrideAttrs = change: derivation (value.drvAttrs // change value.drvAttrs);
        pname = (crateOf main).name;
        inherit (crateOf main) version;
        meta.mainProgram = (targetOf main).name;
      };

    # Every fetched crate that the builds are made from, on whatever platforms they are built.
    dependencies =
      name: wanted: bundle name (distinct (concatMap (each: each.fetchedOf wanted) everyPlatform));

    # Layers in the order of building, each a derivation and, by number, its shards: what several machines can build at the
    # same time, as no shard needs another one of its layer. A layer holds units of all platforms that this system builds for.
    layers = listToAttrs (
      builtins.genList (layer: {
        name = toString layer;
        value =
          let
            shard = number: {
              name = toString number;
              value = bundle "${table.name}-layer-${toString layer}-${toString number}" (
                distinct (concatMap (each: each.unitsAt layer number) everyPlatform)
              );
            };
            shards = listToAttrs (builtins.genList shard (elemAt table.layers layer));
          in
          bundle "${table.name}-layer-${toString layer}" (attrValues shards) // shards;
      }) (length table.layers)
    );

    # A build's units, made and thrown away: for a build whose point is that it succeeds. `succeedsOf` is for those of one
    # package; all packages share the build.
    succeeds = name: build: bundleUnits name (rootsOf build);
    succeedsOf =
      member: name: build:
      bundleUnits name (rootsOfMember build member);

    # Runs the test programs of a build, each where cargo would run it.
    tests = name: build: testsOfRoots name (rootsOf build);
    testsOf =
      member: name: build:
      testsOfRoots name (rootsOfMember build member);

    # The documentation of a build, one folder for each target.
    documentation = name: build: documented name (rootsOf build);
    documentationOf =
      member: name: build:
      documented name (rootsOfMember build member);

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
  };
in
self
