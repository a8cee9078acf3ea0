# What flake.nix builds with cargo2nix's overlay: a package set for each selection of features, and packages of them.
{
  # nixpkgs with the overlay, for the platform that is built for.
  pkgs,
  # One package with rustc, cargo and their company; null: nixpkgs' own.
  toolchain ? null,
  # rustc's name of the platform, where it is another one than the machine that builds.
  target ? null,
  # Cargo.nix, imported.
  packageFun,
  # What is built, by output: { crate, rootFeatures, profile, release, library ? no programs, env ? of members }.
  products,
  # Environment of every crate's build.
  env ? { },
  # What single crates need of a nixpkgs: by name, as for `buildRustCrate`.
  overrides ? _: { },
}:
let
  inherit (pkgs) lib;

  own = pkgs.buildPackages;
  nixpkgsToolchain =
    own.symlinkJoin {
      name = "rust-toolchain";
      paths = [
        own.rustc
        own.cargo
        own.clippy
        own.rustfmt
      ];
    }
    # The overlay asks for it.
    // {
      inherit (own.rustc) version;
    };

  environment =
    packages: match: variables:
    lib.optional (variables != { }) (
      packages.rustBuilder.rustLib.makeOverride (match // { overrideAttrs = _: variables; })
    );

  override =
    packages: name: given:
    let
      wanted = given { };
    in
    packages.rustBuilder.rustLib.makeOverride {
      inherit name;
      # Libraries must be there wherever a program with the crate in it is linked.
      overrideAttrs =
        drv:
        {
          nativeBuildInputs = drv.nativeBuildInputs or [ ] ++ wanted.nativeBuildInputs or [ ];
          propagatedBuildInputs = drv.propagatedBuildInputs or [ ] ++ wanted.buildInputs or [ ];
        }
        // wanted.env or { };
    };

  # The overlay's package set; `memberEnv` is the environment of the workspace's own crates.
  packageSet =
    {
      memberEnv ? { },
      ...
    }@given:
    pkgs.rustBuilder.makePackageSet (
      {
        inherit packageFun;
        rustToolchain = if toolchain == null then nixpkgsToolchain else toolchain;
        packageOverrides =
          packages:
          packages.rustBuilder.overrides.all
          ++ lib.mapAttrsToList (override packages) (overrides packages)
          ++ environment packages { } env
          ++ environment packages { registry = "unknown"; } memberEnv;
        inherit target;
      }
      // removeAttrs given [ "memberEnv" ]
    );
in
{
  inherit packageSet;

  # A package of the spec.
  package =
    name:
    let
      product = products.${name};
      set = packageSet {
        inherit (product) rootFeatures release;
        memberEnv = product.env or { };
      };
      crate = set.workspace.${product.crate} { profileName = product.profile; };
    in
    if product.library or false then crate.out else crate.bin;
}
