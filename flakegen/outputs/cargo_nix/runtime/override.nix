# What a crate override says, as nixpkgs' buildRustCrate reads it (pkgs/build-support/rust/build-rust-crate), for one stage of
# a crate's build: "script", "run" or "compile". What is no attribute of that protocol is environment.
given: stage:
let
  # What stdenv takes as it is.
  passed = [
    "buildInputs"
    "features"
    "hardeningDisable"
    "hardeningEnable"
    "meta"
    "nativeBuildInputs"
    "passthru"
    "propagatedBuildInputs"
    "propagatedNativeBuildInputs"
    "src"
  ];
  # What is run, in a copy of the source.
  hooks = [
    "patches"
    "postBuild"
    "postConfigure"
    "postInstall"
    "postPatch"
    "preBuild"
    "preConfigure"
    "preInstall"
    "prePatch"
  ];
  # What the unit graph rules, and options that are for some stages only.
  ruled = [
    "authors"
    "build"
    "buildDependencies"
    "buildTests"
    "codegenUnits"
    "colors"
    "crateBin"
    "crateLib"
    "crateName"
    "crateRenames"
    "dependencies"
    "depsBuildBuild"
    "edition"
    "env"
    "extraLinkFlags"
    "extraRustcOpts"
    "extraRustcOptsForBuildRs"
    "libName"
    "libPath"
    "links"
    "name"
    "procMacro"
    "release"
    "sha256"
    "type"
    "verbose"
    "version"
    "workspace_member"
  ];

  pick =
    names:
    builtins.listToAttrs (
      map (name: {
        inherit name;
        value = given.${name};
      }) (builtins.filter (name: given ? ${name}) names)
    );
  environment = builtins.removeAttrs given (passed ++ hooks ++ ruled);
  isText =
    value:
    value != null
    && !builtins.isFunction value
    && (!builtins.isAttrs value || value ? outPath || value ? __toString)
    && (!builtins.isList value || builtins.all isText value);

  # Options, several words in a string if need be.
  words = builtins.concatMap (
    text:
    builtins.filter (word: builtins.isString word && word != "") (builtins.split "[[:space:]]+" text)
  );
in
{
  attributes = pick (passed ++ hooks);
  hasHooks = pick hooks != { };
  env =
    given.env or { }
    // builtins.mapAttrs (_: toString) (
      builtins.removeAttrs environment (
        builtins.filter (name: !isText environment.${name}) (builtins.attrNames environment)
      )
    );
  rustFlags =
    {
      script = words given.extraRustcOptsForBuildRs or [ ];
      run = [ ];
      compile = words given.extraRustcOpts or [ ];
    }
    .${stage};
  linkFlags = if stage == "compile" then words given.extraLinkFlags or [ ] else [ ];
}
