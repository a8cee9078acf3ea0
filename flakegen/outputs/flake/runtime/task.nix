# A task as a program: other programs run before it, each must succeed, and it runs in its folder of the project, from wherever
# in the project it is started. The project is the nearest folder above that has the spec at its place.
{ pkgs }:
{
  name,
  spec,
  directory,
  script,
  packages ? [ ],
  env ? { },
  before ? [ ],
}:
let
  inherit (pkgs) lib;
  told = "${name}: this is not in the project: no folder above has ${spec}";
  program = pkgs.writeShellApplication {
    inherit name;
    runtimeInputs = packages;
    runtimeEnv = env;
    text = ''
      until [ -e ${lib.escapeShellArg spec} ]; do
        [[ $PWD != / && $PWD != // ]] || { echo ${lib.escapeShellArg told} >&2; exit 1; }
        cd ..
      done
      cd ${lib.escapeShellArg directory}
    ''
    + script;
  };
  after = pkgs.writeShellApplication {
    inherit name;
    text = lib.concatLines (before ++ [ ''exec ${lib.getExe program} "$@"'' ]);
  };
in
lib.getExe (if before == [ ] then program else after)
