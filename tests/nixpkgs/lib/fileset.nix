# lib.fileset. A set is a tree from the root of the file system: null (nothing), "directory" (a folder and all in it),
# another string (a file, by its type), or an attribute set of such trees by name.
{ lib }:
let
  inherit (builtins)
    attrNames
    foldl'
    head
    isAttrs
    isPath
    isString
    mapAttrs
    pathExists
    readDir
    tail
    ;

  partsOf = path: builtins.filter (part: part != "") (lib.splitString "/" (toString path));
  typeOf =
    path: if toString path == "/" then "directory" else (readDir (dirOf path)).${baseNameOf path};
  treeAt = path: value: lib.foldr (name: inner: { ${name} = inner; }) value (partsOf path);
  set = tree: {
    _type = "fileset";
    inherit tree;
    __toString = _: throw "lib.fileset: a file set is no string; use lib.fileset.toSource";
  };

  coerce =
    context: value:
    if value._type or "" == "fileset" then
      value
    else if value ? _isLibCleanSourceWith then
      throw "lib.fileset.${context}: a lib.sources-based value is no file set; use lib.fileset.fromSource"
    else if isString value || (isAttrs value && value ? outPath) then
      throw "lib.fileset.${context}: a string-like value (${toString value}) is no file set; paths must be path values"
    else if !isPath value then
      throw "lib.fileset.${context}: a ${builtins.typeOf value} is no file set"
    else if !pathExists value then
      throw "lib.fileset.${context}: ${toString value} is a path that does not exist (lib.fileset.maybeMissing accepts that)"
    else
      set (treeAt value (typeOf value));

  expand =
    folder: tree: if tree == "directory" then mapAttrs (_: type: type) (readDir folder) else tree;
  child = folder: name: folder + "/${name}";

  unionTrees =
    a: b:
    if a == null then
      b
    else if b == null || !isAttrs a then
      a
    else if !isAttrs b then
      b
    else
      a // mapAttrs (name: inner: unionTrees (a.${name} or null) inner) b;

  # combine f: a tree made from two by f, which is called where either is a file or nothing.
  intersectTrees =
    a: b:
    if a == null || b == null then
      null
    else if a == "directory" || isString b && b != "directory" then
      b
    else if b == "directory" || isString a then
      a
    else
      mapAttrs (name: intersectTrees a.${name}) (builtins.intersectAttrs a b);

  subtractTrees =
    folder: a: b:
    if a == null || isString b then
      null
    else if b == null then
      a
    else
      mapAttrs (name: inner: subtractTrees (child folder name) inner (b.${name} or null)) (
        expand folder a
      );

  filterTree =
    predicate: folder: tree:
    mapAttrs (
      name: inner:
      if isAttrs inner || inner == "directory" then
        filterTree predicate (child folder name) inner
      else if
        inner != null
        && predicate {
          inherit name;
          type = inner;
          hasExt = extension: lib.hasSuffix ".${extension}" name;
        }
      then
        inner
      else
        null
    ) (expand folder tree);

  # Folders without files are nothing, as in git.
  prune =
    folder: tree:
    if isAttrs tree || tree == "directory" then
      let
        kept = lib.filterAttrs (_: inner: inner != null) (
          mapAttrs (name: inner: prune (child folder name) inner) (expand folder tree)
        );
      in
      if kept == { } then null else kept
    else
      tree;

  descend =
    parts: tree:
    if parts == [ ] || tree == null then
      tree
    else if isString tree then
      tree
    else
      descend (tail parts) (tree.${head parts} or null);

  outside =
    parts: tree:
    parts != [ ]
    && isAttrs tree
    && (
      builtins.any (name: name != head parts && tree.${name} != null) (attrNames tree)
      || outside (tail parts) (tree.${head parts} or null)
    );
in
rec {
  empty = set null;
  union =
    first: second:
    unions [
      first
      second
    ];
  unions =
    sets:
    if !builtins.isList sets then
      throw "lib.fileset.unions: the argument is ${builtins.typeOf sets}, not a list"
    else
      set (foldl' (tree: item: unionTrees tree (coerce "unions" item).tree) null sets);
  intersection =
    first: second:
    set (intersectTrees (coerce "intersection" first).tree (coerce "intersection" second).tree);
  difference =
    first: second:
    set (subtractTrees (/. + "") (coerce "difference" first).tree (coerce "difference" second).tree);
  maybeMissing =
    path:
    if !isPath path then
      throw "lib.fileset.maybeMissing: the argument is ${builtins.typeOf path}, not a path"
    else if pathExists path then
      coerce "maybeMissing" path
    else
      empty;
  fileFilter =
    predicate: path:
    if !isPath path then
      throw "lib.fileset.fileFilter: the second argument is ${builtins.typeOf path}, not a path"
    else if !pathExists path then
      throw "lib.fileset.fileFilter: ${toString path} does not exist"
    else
      set (treeAt path (filterTree predicate path "directory"));
  toList =
    value:
    let
      list =
        folder: tree:
        if tree == null then
          [ ]
        else if isString tree then
          [ folder ]
        else
          lib.concatMap (name: list (child folder name) tree.${name}) (attrNames tree);
    in
    list (/. + "") (prune (/. + "") (coerce "toList" value).tree);
  toSource =
    {
      root,
      fileset,
    }:
    let
      tree = (coerce "toSource" fileset).tree;
      parts = partsOf root;
      kept = prune root (descend parts tree);
      depth = builtins.stringLength (toString root) + 1;
      relative = path: partsOf (builtins.substring depth (-1) path);
    in
    if !isPath root then
      throw "lib.fileset.toSource: root is ${builtins.typeOf root}, not a path"
    else if !pathExists root || typeOf root != "directory" then
      throw "lib.fileset.toSource: root (${toString root}) is no folder"
    else if outside parts tree then
      throw "lib.fileset.toSource: fileset holds files that are not under root (${toString root})"
    else
      {
        _isLibCleanSourceWith = true;
        origSrc = root;
        name = "source";
        filter = path: _: descend (relative path) kept != null;
        outPath = builtins.path {
          name = "source";
          path = root;
          filter = path: _: descend (relative path) kept != null;
        };
      };
}
