# The part of nixpkgs' lib that generated flakes may need, with its names and behaviour.
let
  inherit (builtins)
    concatStringsSep
    filter
    foldl'
    head
    isAttrs
    isList
    isString
    length
    ;

  lists = rec {
    inherit (builtins)
      all
      any
      concatLists
      concatMap
      elem
      elemAt
      filter
      foldl'
      genList
      head
      length
      partition
      sort
      tail
      ;
    optional = condition: value: if condition then [ value ] else [ ];
    optionals = condition: values: if condition then values else [ ];
    singleton = value: [ value ];
    toList = value: if isList value then value else [ value ];
    flatten = value: if isList value then concatLists (map flatten value) else [ value ];
    unique = foldl' (seen: value: if elem value seen then seen else seen ++ [ value ]) [ ];
    subtractLists = unwanted: filter (value: !(elem value unwanted));
    intersectLists = wanted: filter (value: elem value wanted);
    last = values: builtins.elemAt values (length values - 1);
    init = values: genList (builtins.elemAt values) (length values - 1);
    take = count: values: genList (builtins.elemAt values) (min count (length values));
    drop =
      count: values:
      genList (index: builtins.elemAt values (index + count)) (max 0 (length values - count));
    reverseList =
      values:
      let
        count = length values;
      in
      genList (index: builtins.elemAt values (count - index - 1)) count;
    imap0 = f: values: genList (index: f index (builtins.elemAt values index)) (length values);
    imap1 = f: imap0 (index: f (index + 1));
    range =
      first: last: if first > last then [ ] else genList (index: first + index) (last - first + 1);
    foldr =
      f: initial: values:
      foldl' (accumulated: value: f value accumulated) initial (reverseList values);
    findFirst =
      predicate: default: values:
      let
        found = filter predicate values;
      in
      if found == [ ] then default else head found;
    naturalSort = sort (a: b: a < b);
    sortOn = key: sort (a: b: key a < key b);
    zipListsWith =
      f: first: second:
      genList (index: f (elemAt first index) (elemAt second index)) (min (length first) (length second));
    zipLists = zipListsWith (fst: snd: { inherit fst snd; });
    crossLists = f: foldl' (functions: values: concatMap (g: map g values) functions) [ f ];
    min = a: b: if a < b then a else b;
    max = a: b: if a > b then a else b;
  };

  attrsets = rec {
    inherit (builtins)
      attrNames
      attrValues
      catAttrs
      functionArgs
      getAttr
      groupBy
      hasAttr
      intersectAttrs
      isAttrs
      listToAttrs
      mapAttrs
      removeAttrs
      zipAttrsWith
      ;
    nameValuePair = name: value: { inherit name value; };
    genAttrs = names: f: listToAttrs (map (name: nameValuePair name (f name)) names);
    optionalAttrs = condition: attrs: if condition then attrs else { };
    mapAttrs' = f: attrs: listToAttrs (map (name: f name attrs.${name}) (attrNames attrs));
    mapAttrsToList = f: attrs: map (name: f name attrs.${name}) (attrNames attrs);
    concatMapAttrs = f: attrs: mergeAttrsList (mapAttrsToList f attrs);
    mergeAttrsList = foldl' (merged: attrs: merged // attrs) { };
    filterAttrs =
      predicate: attrs:
      removeAttrs attrs (filter (name: !predicate name attrs.${name}) (attrNames attrs));
    getAttrs = names: attrs: genAttrs names (name: attrs.${name});
    attrsToList = mapAttrsToList nameValuePair;
    attrByPath =
      path: default: attrs:
      if path == [ ] then
        attrs
      else if isAttrs attrs && attrs ? ${head path} then
        attrByPath (builtins.tail path) default attrs.${head path}
      else
        default;
    hasAttrByPath =
      path: attrs:
      path == [ ]
      || (isAttrs attrs && attrs ? ${head path} && hasAttrByPath (builtins.tail path) attrs.${head path});
    getAttrFromPath =
      path: attrByPath path (throw "cannot find attribute '${concatStringsSep "." path}'");
    setAttrByPath = path: value: lists.foldr (name: inner: { ${name} = inner; }) value path;
    recursiveUpdate =
      left: right:
      left
      // mapAttrs (
        name: value:
        if isAttrs value && isAttrs (left.${name} or null) then
          recursiveUpdate left.${name} value
        else
          value
      ) right;
    foldlAttrs =
      f: initial: attrs:
      foldl' (accumulated: name: f accumulated name attrs.${name}) initial (attrNames attrs);
    isDerivation = value: value.type or null == "derivation";
    getOutput = output: package: package.${output} or package.out or package;
    getBin = getOutput "bin";
    getLib = getOutput "lib";
    getDev = getOutput "dev";
    recurseIntoAttrs = attrs: attrs // { recurseForDerivations = true; };
    dontRecurseIntoAttrs = attrs: attrs // { recurseForDerivations = false; };
    cartesianProduct =
      sets:
      foldl' (
        products: name:
        lists.concatMap (product: map (value: product // { ${name} = value; }) sets.${name}) products
      ) [ { } ] (attrNames sets);
  };

  strings = rec {
    inherit (builtins)
      baseNameOf
      compareVersions
      concatStringsSep
      fromJSON
      fromTOML
      isString
      match
      readFile
      replaceStrings
      split
      stringLength
      substring
      toJSON
      ;
    concatStrings = concatStringsSep "";
    concatMapStrings = f: values: concatStrings (map f values);
    concatMapStringsSep =
      separator: f: values:
      concatStringsSep separator (map f values);
    concatMapAttrsStringSep =
      separator: f: attrs:
      concatStringsSep separator (attrsets.mapAttrsToList f attrs);
    concatLines = concatMapStrings (line: line + "\n");
    optionalString = condition: text: if condition then text else "";
    hasPrefix = prefix: text: substring 0 (stringLength prefix) text == prefix;
    hasSuffix =
      suffix: text:
      let
        start = stringLength text - stringLength suffix;
      in
      start >= 0 && substring start (-1) text == suffix;
    hasInfix = infix: text: length (builtins.split (escapeRegex infix) text) > 1;
    removePrefix =
      prefix: text: if hasPrefix prefix text then substring (stringLength prefix) (-1) text else text;
    removeSuffix =
      suffix: text:
      if hasSuffix suffix text then substring 0 (stringLength text - stringLength suffix) text else text;
    escape = characters: replaceStrings characters (map (character: "\\${character}") characters);
    escapeRegex = escape (stringToCharacters "\\[{()^$?*+|.");
    stringToCharacters = text: lists.genList (index: substring index 1 text) (stringLength text);
    splitString =
      separator: text: filter isString (builtins.split (escapeRegex separator) (toString text));
    escapeShellArg =
      value:
      let
        text = toString value;
      in
      if builtins.match "[[:alnum:],._+:@%/-]+" text != null then
        text
      else
        "'${replaceStrings [ "'" ] [ "'\\''" ] text}'";
    escapeShellArgs = concatMapStringsSep " " escapeShellArg;
    escapeNixString = text: replaceStrings [ "\${" ] [ "\\\${" ] (toJSON text);
    isValidPosixName = name: builtins.match "[a-zA-Z_][a-zA-Z0-9_]*" name != null;
    toShellVar =
      name: value:
      if !isValidPosixName name then
        throw "toShellVar: ${name} is not a valid shell variable name"
      else if isAttrs value && !(value ? outPath) then
        "declare -A ${name}=(${
          concatStringsSep " " (
            attrsets.mapAttrsToList (key: item: "[${escapeShellArg key}]=${escapeShellArg item}") value
          )
        })"
      else if isList value then
        "declare -a ${name}=(${escapeShellArgs value})"
      else
        "${name}=${escapeShellArg value}";
    toShellVars = attrs: concatStringsSep "\n" (attrsets.mapAttrsToList toShellVar attrs);
    toUpper = replaceStrings (stringToCharacters lower) (stringToCharacters upper);
    toLower = replaceStrings (stringToCharacters upper) (stringToCharacters lower);
    lower = "abcdefghijklmnopqrstuvwxyz";
    upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    trim = text: head (builtins.match "[[:space:]]*(.*[^[:space:]]|)[[:space:]]*" text);
    makeSearchPath =
      folder: packages:
      concatStringsSep ":" (
        map (package: "${package}/${folder}") (filter (package: package != null) packages)
      );
    makeSearchPathOutput =
      output: folder: packages:
      makeSearchPath folder (map (attrsets.getOutput output) packages);
    makeBinPath = makeSearchPathOutput "bin" "bin";
    makeLibraryPath = makeSearchPathOutput "lib" "lib";
    versionAtLeast = version: wanted: compareVersions version wanted >= 0;
    versionOlder = version: wanted: compareVersions version wanted < 0;
    getName =
      value:
      if isString value then
        (builtins.parseDrvName value).name
      else
        value.pname or (builtins.parseDrvName value.name).name;
    getVersion =
      value:
      if isString value then
        (builtins.parseDrvName value).version
      else
        value.version or (builtins.parseDrvName value.name).version;
    sanitizeDerivationName =
      text:
      concatStrings (
        map (part: if isList part then "-" else part) (builtins.split "[^[:alnum:]+._?=-]+" (toString text))
      );
    fileContents = file: removeSuffix "\n" (readFile file);
    boolToString = value: if value then "true" else "false";
    cmakeBool = name: value: "-D${name}:BOOL=${if value then "TRUE" else "FALSE"}";
  };

  trivial = rec {
    inherit (builtins)
      seq
      deepSeq
      isBool
      isFloat
      isInt
      isPath
      typeOf
      tryEval
      readDir
      ;
    id = value: value;
    const = value: _: value;
    pipe = foldl' (value: f: f value);
    flip =
      f: a: b:
      f b a;
    isFunction = value: builtins.isFunction value || (value ? __functor);
    warn = message: value: builtins.trace "evaluation warning: ${message}" value;
    warnIf = condition: message: if condition then warn message else id;
    throwIf = condition: message: if condition then throw message else id;
    throwIfNot = condition: throwIf (!condition);
    assertMsg = condition: message: condition || throw message;
    importJSON = file: builtins.fromJSON (builtins.readFile file);
    importTOML = file: builtins.fromTOML (builtins.readFile file);
    toFunction = value: if isFunction value then value else const value;
    trace = builtins.trace;
  };

  fixedPoints = rec {
    fix =
      f:
      let
        self = f self;
      in
      self;
    extends =
      overlay: f: final:
      let
        prev = f final;
      in
      prev // overlay final prev;
    composeExtensions =
      first: second: final: prev:
      let
        changed = first final prev;
      in
      changed // second final (prev // changed);
    composeManyExtensions = foldl' composeExtensions (_: _: { });
    makeExtensible =
      f:
      fix (
        self:
        f self
        // {
          extend = overlay: makeExtensible (extends overlay f);
        }
      );
  };

  customisation = import ./customisation.nix { inherit lib; };

  meta = rec {
    getExe' =
      package: program:
      if !attrsets.isDerivation package then
        throw "lib.getExe': the first argument is ${builtins.typeOf package}, not a derivation"
      else if !isString program || builtins.match ".*/.*" program != null then
        throw "lib.getExe': the second argument must be a program's name"
      else
        "${attrsets.getBin package}/bin/${program}";
    # The real one warns where meta.mainProgram is missing; a test that only warns shows nothing.
    getExe =
      package:
      getExe' package (
        package.meta.mainProgram
          or (throw "lib.getExe: ${package.name or "the argument"} has no meta.mainProgram")
      );
  };

  lib =
    lists
    // attrsets
    // strings
    // trivial
    // fixedPoints
    // customisation
    // {
      inherit (meta) getExe getExe';
      inherit
        attrsets
        customisation
        fixedPoints
        lists
        meta
        strings
        trivial
        ;
      fakeHash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
      fakeSha256 = strings.concatStrings (lists.genList (_: "0") 64);
      systems = import ./systems.nix { inherit lib; };
      platforms = import ./platforms.nix;
      licenses = import ./licenses.nix;
      maintainers = { };
      sourceTypes.fromSource = {
        shortName = "fromSource";
        isSource = true;
      };
      fileset = import ./fileset.nix { inherit lib; };
      sources = import ./sources.nix { inherit lib; };
      inherit (lib.sources)
        cleanSource
        cleanSourceFilter
        cleanSourceWith
        sourceByRegex
        ;
    };
in
lib
