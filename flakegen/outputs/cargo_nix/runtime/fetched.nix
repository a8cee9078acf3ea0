# The sources of third-party crates, unpacked, by the name that the table gives them. They are the same for every platform.
{
  table,
  root,
  builder,
  pkgs,
}:
let
  # Each has a store path of its own, whether it is fetched or lies in the project: its neighbours are no inputs.
  sourceOf =
    crate:
    let
      name = "${crate.name}-${crate.version}.crate-src";
      inProject =
        name: path:
        builtins.path {
          inherit name;
          path = root + "/${path}";
        };
    in
    if crate ? git then
      builtins.fetchGit (crate.git // { inherit name; })
    else if crate ? vendored then
      inProject name crate.vendored
    else
      builder.lean builder.host builder.scripts.unpack {
        inherit name;
        archive =
          if crate ? archive then
            inProject "${crate.name}-${crate.version}.crate" crate.archive
          else
            download crate;
      };

  download =
    crate:
    if crate ? url then
      pkgs.fetchurl {
        name = "${crate.name}-${crate.version}.crate";
        inherit (crate) url sha256;
      }
    else
      pkgs.fetchCrate {
        pname = crate.name;
        inherit (crate) version sha256;
        unpack = false;
      };
in
builtins.mapAttrs (_: sourceOf) table.crates
