# Arguments are checked by name and by type; a wrong call is an evaluation error that names the function and the argument.
{ lib }:
let
  inherit (builtins)
    all
    attrNames
    isAttrs
    isBool
    isFunction
    isInt
    isList
    isPath
    isString
    ;

  type = says: accepts: { inherit says accepts; };
  stringLike = value: isString value || isPath value || (isAttrs value && value ? outPath);

  types = rec {
    any = type "anything" (_: true);
    string = type "a string" isString;
    bool = type "a Boolean" isBool;
    int = type "an integer" isInt;
    attrs = type "an attribute set" (value: isAttrs value && !lib.isDerivation value);
    function = type "a function" lib.isFunction;
    package = type "a package" (
      value: lib.isDerivation value || (isString value && lib.hasPrefix "/" value)
    );
    packages = listOf (
      type "a package, a path or null" (value: value == null || isPath value || package.accepts value)
    );
    source = type "a source (path, derivation or store path)" stringLike;
    sha256 = type "an SRI hash or a sha256" (
      value:
      isString value
      && builtins.match "sha256-[A-Za-z0-9+/]{43}=|[0-9a-f]{64}|[0-9a-df-np-sv-z]{52}" value != null
    );
    # What may stand in a derivation's env: real stdenv refuses lists and sets there.
    envValue = type "a string, Boolean, integer or derivation" (
      value: stringLike value || isBool value || isInt value
    );
    listOf = inner: type "a list of ${inner.says}" (value: isList value && all inner.accepts value);
    attrsOf =
      inner:
      type "an attribute set of ${inner.says}" (
        value: isAttrs value && !lib.isDerivation value && all inner.accepts (builtins.attrValues value)
      );
    either =
      first: second:
      type "${first.says} or ${second.says}" (value: first.accepts value || second.accepts value);
    nullOr = inner: either (type "null" (value: value == null)) inner;
    oneOf = values: type "one of ${builtins.toJSON values}" (value: builtins.elem value values);
    meta = type "meta attributes that nixpkgs knows (${lib.concatStringsSep ", " metaNames})" (
      value: isAttrs value && all (name: builtins.elem name metaNames) (attrNames value)
    );
  };

  metaNames = [
    "available"
    "badPlatforms"
    "branch"
    "broken"
    "changelog"
    "description"
    "downloadPage"
    "homepage"
    "hydraPlatforms"
    "insecure"
    "knownVulnerabilities"
    "license"
    "longDescription"
    "mainProgram"
    "maintainers"
    "name"
    "outputsToInstall"
    "platforms"
    "position"
    "priority"
    "sourceProvenance"
    "teams"
    "timeout"
    "unfree"
  ];

  describe =
    value:
    if isAttrs value && lib.isDerivation value then
      "the derivation ${value.name}"
    else if isAttrs value then
      "a set of ${builtins.toJSON (attrNames value)}"
    else if isList value then
      "a list"
    else if isFunction value then
      "a function"
    else
      builtins.toJSON value;
in
{
  inherit types;

  # required and optional: argument name -> type. Returns the arguments, checked.
  checkArgs =
    {
      function,
      required ? { },
      optional ? { },
      # Whether other arguments are passed on, as by functions that end in `...`.
      open ? false,
    }:
    args:
    let
      known = required // optional;
      given = attrNames args;
      absent = lib.filter (name: !(args ? ${name})) (attrNames required);
      unknown = if open then [ ] else lib.filter (name: !(known ? ${name})) given;
      wrong = lib.filter (name: known ? ${name} && !known.${name}.accepts args.${name}) given;
      name = builtins.head wrong;
    in
    if !isAttrs args then
      throw "${function}: the argument is ${describe args}, not an attribute set"
    else if absent != [ ] then
      throw "${function}: argument '${builtins.head absent}' is missing"
    else if unknown != [ ] then
      throw "${function}: unknown argument '${builtins.head unknown}'; it takes ${lib.concatStringsSep ", " (attrNames known)}"
    else if wrong != [ ] then
      throw "${function}: argument '${name}' must be ${known.${name}.says}, but is ${describe args.${name}}"
    else
      args;

  # For functions of plain arguments: checkValue "writeText" "name" types.string value.
  checkValue =
    function: argument: wanted: value:
    if wanted.accepts value then
      value
    else
      throw "${function}: argument '${argument}' must be ${wanted.says}, but is ${describe value}";
}
