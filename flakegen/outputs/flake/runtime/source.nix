# Some of the files below a folder, as a store path laid out like the folder: exactly those that are asked for. What is not
# named cannot cause a rebuild; what is added to a folder that is named cannot be missed. All paths are relative to `root`.
#
# files    single files; one that is absent is simply not there
# rust     folders whose .rs files are taken, at any depth
# folders  { path, recursive, match ? regular expression for the file's name }
# without  files and folders that are not taken, although they are in one of `rust` or `folders`
# documents  whether `folders` give README.md and the like, which are for people
{ name, root }:
{
  files ? [ ],
  rust ? [ ],
  folders ? [ ],
  without ? [ ],
  documents ? true,
}:
let
  inherit (builtins)
    all
    any
    concatMap
    elemAt
    filter
    hasAttr
    head
    length
    listToAttrs
    match
    stringLength
    substring
    ;
  set =
    names:
    listToAttrs (
      map (name: {
        inherit name;
        value = null;
      }) names
    );

  # The folders on the way to a path: "a/b/c" -> [ "a" "a/b" ].
  parents =
    path:
    let
      parent = match "(.*)/[^/]*" path;
    in
    if parent == null then [ ] else parents (elemAt parent 0) ++ parent;

  isRoot = folder: folder == "" || folder == ".";
  isBelow = folder: path: isRoot folder || substring 0 (stringLength folder + 1) path == "${folder}/";

  # What builds leave behind in a package's folder.
  isWaste =
    folder: path:
    builtins.elem (if isRoot folder then path else substring (stringLength folder + 1) (-1) path) [
      ".git"
      "node_modules"
      "target"
    ];

  document = "(README|CHANGELOG|CHANGES|CONTRIBUTING|LICENSE|LICENCE|COPYING|AUTHORS|NOTICE).*|.*[.]md";

  wanted = set files;
  unwanted = set without;
  paths = files ++ map (folder: below (folder.path or folder)) (rust ++ folders);
  below = folder: if isRoot folder then "x" else "${folder}/x";
  onTheWay = set (concatMap parents paths);

  # The deepest folder that everything is in, with a slash: what lies elsewhere needs no second look. That counts where a
  # folder on the way holds hundreds of packages.
  base =
    let
      common = filter (folder: all (isBelow folder) paths) (parents (head paths));
    in
    if paths == [ ] || common == [ ] then "" else "${elemAt common (length common - 1)}/";
  baseLength = stringLength base;
  skip = stringLength (toString root) + 1;
  accepts =
    path: type:
    let
      relative = substring skip (-1) path;
      split = match "(.*/)?([^/]*)" relative;
      folderName = if elemAt split 0 == null then "" else elemAt split 0;
      holds =
        folder:
        isBelow folder.path relative
        && (folder.recursive || folderName == (if isRoot folder.path then "" else "${folder.path}/"))
        && (documents || match document (elemAt split 1) == null)
        && (!(folder ? match) || match folder.match (elemAt split 1) != null);
    in
    if type == "directory" then
      hasAttr relative onTheWay
      ||
        substring 0 baseLength relative == base
        && !(hasAttr relative unwanted)
        && (
          any (folder: isBelow folder relative) rust
          || any (
            folder: folder.recursive && isBelow folder.path relative && !(isWaste folder.path relative)
          ) folders
        )
    else
      hasAttr relative wanted
      ||
        substring 0 baseLength relative == base
        && !(hasAttr relative unwanted)
        && (
          match ".*[.]rs" relative != null && any (folder: isBelow folder relative) rust || any holds folders
        );
in
builtins.path {
  inherit name;
  path = root;
  filter = accepts;
}
