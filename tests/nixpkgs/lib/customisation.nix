# override, overrideAttrs and callPackage as nixpkgs has them.
{ lib }:
let
  inherit (builtins)
    attrNames
    filter
    functionArgs
    intersectAttrs
    isAttrs
    isFunction
    ;

  missing =
    f: args: filter (name: !(functionArgs f).${name} && !(args ? ${name})) (attrNames (functionArgs f));
in
rec {
  setFunctionArgs = f: args: {
    __functor = _: f;
    __functionArgs = args;
  };

  # The result of f, able to be made again with other arguments.
  makeOverridable =
    f: args:
    let
      result = f args;
      override =
        changed: makeOverridable f (args // (if isFunction changed then changed args else changed));
    in
    if isAttrs result then
      result
      // {
        inherit override;
      }
      // lib.optionalAttrs (result ? overrideAttrs) {
        overrideAttrs = change: makeOverridable (inner: (f inner).overrideAttrs change) args;
      }
    else
      result;

  callPackageWith =
    known: fileOrFunction: args:
    let
      f = if isFunction fileOrFunction then fileOrFunction else import fileOrFunction;
      formal = functionArgs f;
      given = intersectAttrs formal known // args;
      absent = missing f given;
    in
    if !isFunction f then
      throw "callPackage: ${toString fileOrFunction} is no function"
    else if absent != [ ] then
      throw "callPackage: the package set has no '${builtins.head absent}', which ${describe fileOrFunction} asks for"
    else
      makeOverridable f given;

  describe = value: if builtins.isPath value then toString value else "the function";

  callPackagesWith =
    known: fileOrFunction: args:
    removeAttrs (callPackageWith known fileOrFunction args) [ "override" ];

  makeScope =
    newScope: f:
    let
      self = f self // {
        newScope = extra: newScope (self // extra);
        callPackage = self.newScope { };
        packages = f;
      };
    in
    self;
}
