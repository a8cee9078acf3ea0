# A package whose programs start with variables set; variables without a value are left alone. The programs are not built
# again: the wrappers are small programs of their own.
{ pkgs }:
{
  name,
  package,
  env,
}:
let
  inherit (pkgs) lib;
  set = lib.filterAttrs (_: value: value != "") env;
  flags = lib.concatStringsSep " " (
    lib.mapAttrsToList (variable: value: "--set ${variable} ${lib.escapeShellArg value}") set
  );
in
pkgs.runCommand name
  {
    nativeBuildInputs = [ pkgs.makeBinaryWrapper ];
    inherit (package) meta;
  }
  ''
    for program in ${package}/bin/*; do
      makeWrapper "$program" "$out/bin/''${program##*/}" ${flags}
    done
  ''
