# stdenv.mkDerivation: attributes or finalAttrs function in, derivation with override, overrideAttrs and passthru out.
{
  lib,
  check,
  tools,
  buildPlatform,
  hostPlatform,
  stdenv,
}:
let
  inherit (check) types;
  inherit (builtins) isFunction;

  dependencyLists = [
    "depsBuildBuild"
    "nativeBuildInputs"
    "depsBuildTarget"
    "depsHostHost"
    "buildInputs"
    "depsTargetTarget"
    "propagatedBuildInputs"
    "propagatedNativeBuildInputs"
    "checkInputs"
    "nativeCheckInputs"
    "nativeInstallCheckInputs"
    "installCheckInputs"
  ];

  phaseNames = [
    "unpack"
    "patch"
    "configure"
    "build"
    "check"
    "install"
    "fixup"
    "installCheck"
    "dist"
  ];
  capital = name: lib.toUpper (builtins.substring 0 1 name) + builtins.substring 1 (-1) name;

  known = {
    name = types.string;
    pname = types.string;
    version = types.string;
    src = types.nullOr types.source;
    srcs = types.listOf types.source;
    sourceRoot = types.string;
    patches = types.listOf (types.nullOr types.source);
    outputs = types.listOf types.string;
    env = types.attrsOf types.envValue;
    meta = types.meta;
    passthru = types.attrs;
    strictDeps = types.bool;
    doCheck = types.bool;
    doInstallCheck = types.bool;
    enableParallelBuilding = types.bool;
    __structuredAttrs = types.bool;
    preferLocalBuild = types.bool;
    allowSubstitutes = types.bool;
    configureFlags = types.listOf types.string;
    makeFlags = types.either (types.listOf types.string) types.string;
    buildFlags = types.either (types.listOf types.string) types.string;
    buildCommand = types.string;
    phases = types.either (types.listOf types.string) types.string;
    passAsFile = types.listOf types.string;
    allowedReferences = types.listOf types.any;
    disallowedReferences = types.listOf types.any;
  }
  // lib.genAttrs dependencyLists (_: types.packages)
  // lib.mergeAttrsList (
    map (phase: {
      "${phase}Phase" = types.nullOr types.string;
      "pre${capital phase}" = types.string;
      "post${capital phase}" = types.string;
    }) phaseNames
  );

  # buildinputs, native-build-inputs, BuildInput …: attributes that would become dead environment variables.
  squash =
    name: lib.removeSuffix "s" (lib.toLower (builtins.replaceStrings [ "-" "_" ] [ "" "" ] name));
  squashed = lib.listToAttrs (map (name: lib.nameValuePair (squash name) name) (lib.attrNames known));
  misspelt = lib.filter (
    name: !(known ? ${name}) && squashed ? ${squash name} && lib.toUpper name != name
  );

  runsHere =
    label: package:
    if
      lib.isDerivation package && (package.standInHost or buildPlatform.system) != buildPlatform.system
    then
      throw "mkDerivation: nativeBuildInputs of ${label} holds ${package.name}, made for ${package.standInHost}; the builder is ${buildPlatform.system} (take it from buildPackages or through callPackage)"
    else
      package;
  native = label: map (package: runsHere label (package.__spliced.buildHost or package));
  target = map (package: lib.getDev (package.__spliced.hostTarget or package));

  available =
    attrs:
    let
      platforms = attrs.meta.platforms or null;
      label = attrs.name or attrs.pname or "?";
    in
    if platforms != null && !(builtins.elem hostPlatform.system platforms) then
      throw "Package '${label}' is not available on the requested hostPlatform ${hostPlatform.system}"
    else if attrs.meta.broken or false then
      throw "Package '${label}' is marked as broken, refusing to evaluate"
    else
      attrs;

  checked =
    attrs:
    let
      function = "mkDerivation${
        lib.optionalString (attrs ? name || attrs ? pname) " (${attrs.name or attrs.pname})"
      }";
      wrongNames = misspelt (lib.attrNames attrs);
      wrongName = builtins.head wrongNames;
      twice = lib.attrNames (builtins.intersectAttrs (attrs.env or { }) (removeAttrs attrs [ "env" ]));
    in
    if !(attrs ? name) && !(attrs ? pname && attrs ? version) then
      throw "${function}: neither 'name' nor 'pname' and 'version' is given"
    else if wrongNames != [ ] then
      throw "${function}: unknown attribute '${wrongName}'; did you mean '${squashed.${squash wrongName}}'?"
    else if twice != [ ] then
      throw "${function}: '${builtins.head twice}' stands in env and beside it"
    else
      available (
        check.checkArgs {
          inherit function;
          optional = known;
          open = true;
        } attrs
      );

  arguments =
    attrs:
    let
      label = attrs.name or attrs.pname;
      structured = attrs.__structuredAttrs or false;
      name =
        attrs.name or "${attrs.pname}${
          lib.optionalString (!lib.systems.equals buildPlatform hostPlatform) "-${hostPlatform.config}"
        }-${attrs.version}";
      inputs = {
        depsBuildBuild = native label (attrs.depsBuildBuild or [ ]);
        nativeBuildInputs = native label (
          (attrs.nativeBuildInputs or [ ])
          ++ lib.optionals (attrs.doCheck or false) (attrs.nativeCheckInputs or [ ])
        );
        buildInputs =
          target (attrs.buildInputs or [ ])
          ++ lib.optionals (attrs.doCheck or false) (attrs.checkInputs or [ ]);
        propagatedBuildInputs = target (attrs.propagatedBuildInputs or [ ]);
        propagatedNativeBuildInputs = native label (attrs.propagatedNativeBuildInputs or [ ]);
      };
      environment = lib.mapAttrs (
        _: value: if builtins.isBool value then (if value then "1" else "") else value
      ) (attrs.env or { });
    in
    removeAttrs attrs [
      "meta"
      "passthru"
      "env"
      "checkInputs"
      "nativeCheckInputs"
      "pos"
    ]
    // inputs
    // (if structured then { env = environment; } else environment)
    // {
      inherit stdenv;
      name = lib.sanitizeDerivationName name;
      inherit (buildPlatform) system;
      builder = attrs.realBuilder or "${tools.bash}/bin/bash";
      args =
        attrs.args or [
          "-e"
          ./builder.sh
        ];
      strictDeps = attrs.strictDeps or false;
      __ignoreNulls = true;
    };

  fromFixpoint =
    rattrs:
    let
      finalAttrs = rattrs (finalAttrs // { inherit finalPackage; });
      checkedAttrs = checked finalAttrs;
      drv = derivation (arguments checkedAttrs);
      outputs = checkedAttrs.outputs or [ "out" ];
      extra = (checkedAttrs.passthru or { }) // {
        inherit (checkedAttrs) name or null;
      };
      overrideAttrs =
        change:
        let
          overlay =
            if isFunction change then
              final: prev:
              let
                once = change prev;
              in
              if isFunction once then change final prev else once
            else
              _: _: change;
        in
        fromFixpoint (lib.extends overlay rattrs);
      additions =
        removeAttrs extra [ "name" ]
        // lib.optionalAttrs (checkedAttrs ? src) { inherit (checkedAttrs) src; }
        // lib.filterAttrs (name: _: name == "pname" || name == "version") checkedAttrs
        // {
          inherit overrideAttrs;
          inherit (arguments checkedAttrs) nativeBuildInputs buildInputs;
          drvAttrs = arguments checkedAttrs;
          meta = {
            outputsToInstall = [ (builtins.head outputs) ];
            available = true;
          }
          // (checkedAttrs.meta or { });
          passthru = checkedAttrs.passthru or { };
          standInHost = hostPlatform.system;
          standInCall =
            checkedAttrs.passthru.standInCall or {
              function = "mkDerivation";
              args = checkedAttrs;
            };
        };
      finalPackage = drv // lib.genAttrs outputs (output: drv.${output} // additions) // additions;
    in
    finalPackage;
in
fnOrAttrs: fromFixpoint (if isFunction fnOrAttrs then fnOrAttrs else _: fnOrAttrs)
