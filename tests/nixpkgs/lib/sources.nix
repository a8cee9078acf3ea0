{ lib }:
rec {
  cleanSourceFilter =
    name: type:
    let
      base = baseNameOf name;
    in
    !(
      (
        type == "directory"
        && builtins.elem base [
          ".git"
          ".svn"
          ".hg"
          "CVS"
        ]
      )
      || lib.hasSuffix "~" base
      || builtins.match "\\.sw[a-z]|\\..*\\.sw[a-z]" base != null
      || lib.hasSuffix ".o" base
      || lib.hasSuffix ".so" base
      || (type == "symlink" && lib.hasPrefix "result" base)
      || type == "unknown"
    );

  cleanSourceWith =
    {
      src,
      filter ? _: _: true,
      name ? null,
    }:
    let
      # Filters compose: the source may itself come from here.
      origin = src.origSrc or src;
      both = path: type: filter path type && (src.filter or (_: _: true)) path type;
      label = if name != null then name else src.name or (baseNameOf origin);
    in
    {
      _isLibCleanSourceWith = true;
      origSrc = origin;
      filter = both;
      name = label;
      outPath = builtins.path {
        path = origin;
        filter = both;
        name = label;
      };
    };

  cleanSource =
    src:
    cleanSourceWith {
      inherit src;
      filter = cleanSourceFilter;
    };

  sourceByRegex =
    src: regexes:
    cleanSourceWith {
      inherit src;
      filter =
        path: _:
        let
          relative = lib.removePrefix (toString src + "/") path;
        in
        builtins.any (regex: builtins.match regex relative != null) regexes;
    };
}
