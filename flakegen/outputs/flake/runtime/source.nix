# Some of the files below a folder, as a store path laid out like the folder: exactly those that are asked for. What is not
# named cannot cause a rebuild; what is added to a folder that is named cannot be missed. All paths are relative to `root`.
#
# rust      folders whose .rs files are taken, at any depth
# files     single files
# embedded  single files that are no code: they and `folders` are what the rebuild hash is made of
# optional  the same, but absent when this was written; one that comes is taken
# folders   { path, recursive, match ? regular expression for the file's name, package ? a package's folder in it }
# packages  folders of packages, taken as a whole but for what is for people
# without   files and folders that are not taken, although they are in one of those folders
#
# Gives the store path as `outPath`, and `rebuildHash`, null where nothing is embedded: it is of what is there now, not of what
# was there when this was written. `user` is who needs `files` and `embedded` to be there: told that one is not, and what to
# do (`command` writes all this again). Without it, they need not be there.
{
  name,
  root,
  user ? null,
  command ? "",
}:
{
  files ? [ ],
  embedded ? [ ],
  optional ? [ ],
  rust ? [ ],
  folders ? [ ],
  packages ? [ ],
  without ? [ ],
}:
let
  inherit (builtins)
    all
    any
    attrNames
    concatMap
    concatStringsSep
    elemAt
    filter
    hasAttr
    hashFile
    hashString
    head
    length
    listToAttrs
    match
    pathExists
    readDir
    readFileType
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
  inside = folder: if isRoot folder then "" else "${folder}/";
  isBelow = folder: path: isRoot folder || substring 0 (stringLength folder + 1) path == "${folder}/";

  # What builds leave behind in a package's folder, or in one around it.
  isWaste =
    folder: above: name:
    folder ? package
    && (
      name == ".git" || (name == "target" || name == "node_modules") && isBelow above "${folder.package}/"
    );

  document = "(README|CHANGELOG|CHANGES|CONTRIBUTING|LICENSE|LICENCE|COPYING|AUTHORS|NOTICE).*|.*[.]md";

  wholePackages = map (path: {
    inherit path;
    recursive = true;
    package = path;
    whole = true;
  }) packages;
  allFolders = folders ++ wholePackages;
  isNamed = folder: name: !(folder ? match) || match folder.match name != null;

  single = files ++ embedded ++ optional;
  wanted = set single;
  unwanted = set without;
  # A folder that is not taken may hold what is named.
  crossed = filter (folder: hasAttr folder onTheWay) without;
  isUnwanted = path: hasAttr path unwanted || any (folder: isBelow folder path) crossed;
  paths = single ++ map (folder: "${inside (folder.path or folder)}x") (rust ++ allFolders);
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
      above = if elemAt split 0 == null then "" else elemAt split 0;
      own = elemAt split 1;
      holds =
        folder:
        isBelow folder.path relative
        && (folder.recursive || above == inside folder.path)
        && (!(folder ? whole) || match document own == null)
        && isNamed folder own;
    in
    if type == "directory" then
      hasAttr relative onTheWay
      ||
        substring 0 baseLength relative == base
        && !(isUnwanted relative)
        && (
          any (folder: isBelow folder relative) rust
          || any (
            folder: folder.recursive && isBelow folder.path relative && !(isWaste folder (parentOf above) own)
          ) allFolders
        )
    else
      hasAttr relative wanted
      ||
        substring 0 baseLength relative == base
        && !(isUnwanted relative)
        && (
          match ".*[.]rs" relative != null && any (folder: isBelow folder relative) rust
          || any holds allFolders
        );
  parentOf = above: substring 0 (stringLength above - 1) above;

  # Rebuild hash: one line for each thing that is embedded, each once, sorted; a link's target is embedded by its own name.
  placeOf = path: if isRoot path then root else root + "/${path}";
  typeOf =
    path:
    let
      place = placeOf path;
    in
    if pathExists place then readFileType place else "absent";
  line =
    path: type:
    if type == "regular" then
      "file ${hashFile "sha256" (placeOf path)} ${path}"
    else if type == "symlink" then
      "link - ${path}"
    else
      "absent - ${path}";
  linesOf =
    folder:
    let
      below =
        here:
        let
          entries = readDir (placeOf here);
          linesFor =
            own:
            let
              path = "${inside here}${own}";
            in
            if hasAttr path unwanted then
              [ ]
            else if entries.${own} == "directory" then
              if folder.recursive && !(isWaste folder here own) then below path else [ ]
            else if isNamed folder own then
              [ (line path entries.${own}) ]
            else
              [ ];
        in
        concatMap linesFor (attrNames entries);
    in
    [ "folder - ${folder.path}" ]
    ++ (if typeOf folder.path == "directory" then below folder.path else [ ]);
  lines = attrNames (
    set (map (path: line path (typeOf path)) (embedded ++ optional) ++ concatMap linesOf folders)
  );

  explain =
    path:
    "${user} is made from ${path}, which the flake does not hold. If the file is there, git does not know it yet; "
    + "run: git add '${path}'. If it is gone on purpose, run: ${command}";
  missing =
    if user == null then [ ] else filter (path: !(pathExists (placeOf path))) (files ++ embedded);
in
{
  outPath =
    if missing == [ ] then
      builtins.path {
        inherit name;
        path = root;
        filter = accepts;
      }
    else
      throw (explain (head missing));

  rebuildHash =
    if embedded == [ ] && optional == [ ] && folders == [ ] then
      null
    else
      hashString "sha256" (
        concatStringsSep "" (map (text: "${toString (stringLength text)} ${text}\n") lines)
      );
}
