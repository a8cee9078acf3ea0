# The program as crane builds it: `buildDepsOnly` compiles all that is fetched, from a dummy source made of the lock and the
# manifests; `buildPackage` then compiles all members at once, from the cleaned source.
{
  nixpkgs,
  system,
  workspace,
  program,
  # What the user's filter keeps beside crane's own, by the end of the name.
  endings,
}:
let
  lib = import (nixpkgs + "/lib");
  inherit (builtins) concatMap filter readDir;

  step =
    name: inputs:
    derivation (
      {
        inherit name system;
        builder = "/bin/sh";
      }
      // inputs
    );

  # filterCargoSources, above nixpkgs' cleanSource as in cleanCargoSource.
  kept = [
    ".rs"
    ".toml"
    "Cargo.lock"
  ]
  ++ builtins.fromJSON endings;
  cleaned = builtins.path {
    name = "source";
    path = workspace;
    filter =
      path: type:
      lib.cleanSourceFilter path type
      && (type == "directory" || builtins.any (end: lib.hasSuffix end path) kept);
  };

  manifestsBelow =
    folder:
    concatMap (
      name:
      {
        directory = manifestsBelow (folder + "/${name}");
        regular = lib.optional (name == "Cargo.toml") (builtins.readFile (folder + "/${name}"));
      }
      .${(readDir folder).${name}}
    ) (builtins.attrNames (readDir folder));

  lock = builtins.readFile (workspace + "/Cargo.lock");
  vendor = step "vendor-cargo-deps" {
    crates = map (each: "${each.name}-${each.version} ${each.checksum}") (
      filter (each: each ? checksum) (builtins.fromTOML lock).package
    );
  };
  dependencies = step "${program}-deps" {
    inherit vendor;
    src = step "source-dummy" {
      inherit lock;
      manifests = manifestsBelow workspace;
    };
  };
in
step program {
  inherit vendor;
  cargoArtifacts = dependencies;
  src = cleaned;
}
