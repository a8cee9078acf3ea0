# The text of a script without its header line, so that neither flakegen's version nor the project's name is an input of a
# build.
file:
let
  lines = builtins.filter builtins.isString (builtins.split "\n" (builtins.readFile file));
in
builtins.concatStringsSep "\n" (builtins.tail lines)
