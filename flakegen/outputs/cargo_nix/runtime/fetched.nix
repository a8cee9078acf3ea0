# The sources of fetched crates, unpacked, by the name that the table gives them. They are the same for every platform.
{
  table,
  builder,
  pkgs,
}:
builtins.mapAttrs (
  _: crate:
  let
    name = "${crate.name}-${crate.version}.crate-src";
  in
  if crate ? git then
    builtins.fetchGit (crate.git // { inherit name; })
  else
    builder.lean builder.host builder.scripts.unpack {
      inherit name;
      archive = pkgs.fetchCrate {
        pname = crate.name;
        inherit (crate) version sha256;
        unpack = false;
      };
    }
) table.crates
