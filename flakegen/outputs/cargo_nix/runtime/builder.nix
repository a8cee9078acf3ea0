# How a script becomes a derivation, and what all units of a platform have in common.
#
# A raw derivation with bash and nothing of stdenv's set-up starts in a few milliseconds. What does not differ from unit to
# unit (PATH, compiler, linker) is in one file that they source, so that each derivation is small to evaluate.
{
  pkgs,
  targetPkgs,
  tools,
  host,
  target,
  contentAddressed,
}:
let
  inherit (pkgs.stdenv.hostPlatform) system;
  bash = "${pkgs.bash}/bin/bash";

  # A script with what it shares with others in front of it.
  withCommon =
    file:
    builtins.toFile (baseNameOf file) (import ./script.nix ./common.sh + import ./script.nix file);
  plain = file: builtins.toFile (baseNameOf file) (import ./script.nix file);
  scripts = {
    unit = withCommon ./unit.sh;
    doctest = withCommon ./doctest.sh;
    doc = withCommon ./doc.sh;
    run = withCommon ./script.sh;
    runTest = withCommon ./test.sh;
    unpack = plain ./unpack.sh;
    runTests = plain ./tests.sh;
    bundle = plain ./bundle.sh;
    join = plain ./join.sh;
    replaced = plain ./replaced.sh;
    fmt = plain ./fmt.sh;
  };

  # What stdenv offers every build, for build scripts that call make or a configure script.
  path = map (package: "${package}/bin") [
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
  tool = packages: name: "${packages.stdenv.cc}/bin/${packages.stdenv.cc.targetPrefix}${name}";

  shell =
    script: attributes:
    derivation (
      {
        __structuredAttrs = true;
        inherit system;
        builder = bash;
        args = [
          "-euo"
          "pipefail"
          script
        ];
      }
      // addressed
      // attributes
    );

  isWasm = triple: builtins.match "wasm.*" triple != null;

  # A unit by its content: what depends on it is made again only when it has become another one.
  addressed =
    if contentAddressed then
      {
        __contentAddressed = true;
        outputHashMode = "recursive";
        outputHashAlgo = "sha256";
      }
    else
      { };

  toolbox =
    triple: packages:
    shell (plain ./toolbox.sh) {
      name = "cargo-toolbox-${triple}";
      inherit path;
      shell = bash;
      cargoForUnits = plain ./cargo.sh;
      tools = tools // {
        linker = if isWasm triple then "${pkgs.lld}/bin/wasm-ld" else tool packages "cc";
      };
    };

  # CARGO_CFG_* of a platform, and the tools that its build scripts call.
  platformEnvironment =
    triple: packages: rustFlags:
    shell (plain ./cfg.sh) {
      name = "cargo-cfg-${triple}";
      inherit path rustFlags triple;
      inherit (tools) rustc;
      environment = {
        HOST = host;
        TARGET = triple;
      }
      // (if triple == host || isWasm triple then { } else foreignTools triple packages);
    };
  foreignTools =
    triple: packages:
    let
      suffix = builtins.replaceStrings [ "-" ] [ "_" ] triple;
    in
    {
      "CC_${suffix}" = tool packages "cc";
      "CXX_${suffix}" = tool packages "c++";
      "AR_${suffix}" = "${packages.stdenv.cc.bintools}/bin/${packages.stdenv.cc.targetPrefix}ar";
      RUSTC_LINKER = tool packages "cc";
    };

  platform = triple: packages: rec {
    inherit packages triple;
    isApple = builtins.match ".*-apple-.*" triple != null;
    # What the name of a program ends in.
    suffix =
      if isWasm triple then
        ".wasm"
      else if builtins.match ".*-windows-.*" triple != null then
        ".exe"
      else
        "";
    toolbox' = "${toolbox triple packages}";
    withoutFlags = "${platformEnvironment triple packages [ ]}";
    environment =
      flags: if flags == [ ] then withoutFlags else "${platformEnvironment triple packages flags}";
  };
in
{
  inherit scripts;
  host = platform host pkgs;
  target = platform target targetPkgs;

  # One script run by a raw derivation: its attributes are bash variables.
  lean =
    platform: script: attributes:
    shell script (attributes // { toolbox = platform.toolbox'; });

  # The same script in nixpkgs' stdenv: for crates that an override gives native libraries, and where linking needs the
  # platform's own environment. `stage` is what is done, of what buildRustCrate does in one derivation: "script" (compile
  # the build script), "run" or "compile"; `installs`: whether it is the crate's product; `given`: what the override said.
  inStdenv =
    platform: script:
    {
      stage,
      installs,
      given ? { },
    }:
    attributes:
    let
      said = import ./override.nix given stage;
    in
    platform.packages.stdenv.mkDerivation (
      attributes
      // addressed
      // said.attributes
      // {
        inherit stage installs;
        inherit (said) hasHooks linkFlags env;
        __structuredAttrs = true;
        strictDeps = true;
        toolbox = platform.toolbox';
        buildCommand = "source ${script}";
        rustFlags = attributes.rustFlags ++ said.rustFlags;
        # A cross stdenv has no compiler for this machine, which scripts and procedural macros may need.
        depsBuildBuild =
          (if platform.triple == host then [ ] else [ pkgs.stdenv.cc ]) ++ given.depsBuildBuild or [ ];
      }
    );
}
