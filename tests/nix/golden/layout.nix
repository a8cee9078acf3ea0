# Constructs at and beyond the line width.

{
  lib ? import <nixpkgs/lib>,
  alpha,
  beta ? { },
  gamma ? [
    "one"
    "two"
  ],
  ...
}@args:
assert lib.versionAtLeast lib.version "23.11";
with lib;
rec {
  empty = { };
  none = [ ];
  one = [ "item" ];
  nested = [
    [
      1
      2
    ]
    [ ]
    [ { a = 1; } ]
  ];
  "quoted name" = 1;
  deep.path.of."quoted part".${alpha} = 2;

  chosen = if alpha == "a" then "short" else "other";
  choice =
    if alpha == "a long condition" then
      { result = "one"; }
    else if beta ? key && beta.key != null then
      [
        "two"
        "three"
      ]
    else
      throw "no choice for ${alpha}, and this message makes the line too long";
  joined = [
    "first"
  ]
  ++ lib.optionals (beta ? second) [
    "second"
    "third"
  ]
  ++ lib.optional (beta ? fourth) "fourth";
  sum =
    "a very long text that takes much of the line's width"
    + toString gamma
    + "and another one behind it";
  merged =
    beta
    // {
      inherit alpha;
    }
    // lib.optionalAttrs (alpha != "") {
      inherit gamma;
      extra = true;
    };
  implied = (alpha -> beta) -> gamma && !(alpha || beta) && -1 < (2 - (3 - 4)) * 5;
  callWithSimpleArguments = lib.concatMapStringsSep ", " toString someVeryLongListNameThatTakesRoom;
  callWithLists = lib.zipListsWith combine [ "a" "b" "c" ] [ "d" "e" "f" ];
  callWithLambda = map (item: {
    name = item;
    value = lib.stringLength item;
  }) (builtins.attrNames beta);
  callTooLong =
    someFunction.withALongName "first argument" "second argument" "third argument"
      anotherArgument;
  curried =
    first: second: third:
    first + second + third;
  patterned = { x, y }: x + y;
  defaults =
    {
      x ? 1,
      y,
      ...
    }:
    {
      inherit x y;
    };
  loop =
    let
      go = n: if n == 0 then [ ] else go (n - 1) ++ [ n ];
    in
    go 10;
  scoped = with args; [
    alpha
    beta
  ];
  inherit (lib)
    a
    b
    c
    d
    e
    ;
  inherit ({ inner = 1; }) inner;
  inherit alpha;
  path = ./some/path + "/with a blank";
  interpolated = ./${alpha}/file-${toString 1}.nix;
  text = "${alpha}: ${
    if beta ? key then toString beta.key else "no key at all"
  } ${lib.concatStringsSep ", " (map toString gamma)}";
  script = ''
    #!${lib.getExe beta.shell}
    ${lib.concatMapStrings (line: ''
      echo ${line}
    '') gamma}
      indented ${alpha}

    done
  '';
  selected = (import ./x.nix { inherit lib; }).attribute.path or (throw "missing");
  lists = [
    # a comment
    alpha

    # two lines
    # of comment
    (lib.f beta)
  ];
}
