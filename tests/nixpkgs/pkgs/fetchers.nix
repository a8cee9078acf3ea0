# Fetchers without a network: crates come from cargo's own registry cache, git from local repositories; hashes are checked.
self:
let
  lib = import ../lib;
  inherit (self.standIn) check host;
  inherit (check) types checkArgs;

  recorded =
    function: args: package:
    package // { standInCall = { inherit function args; }; };

  hashOf =
    function: args:
    let
      given = lib.filter (name: args ? ${name} && args.${name} != "") [
        "hash"
        "sha256"
      ];
    in
    if builtins.length given != 1 then
      throw "${function}: exactly one of 'hash' and 'sha256' must be given"
    else
      args.${builtins.head given};

  # A URL's crate: …/crates/NAME/VERSION/download, …/crates/NAME/NAME-VERSION.crate, or any …/FILE.crate.
  crateOf =
    url:
    let
      download = builtins.match ".*/([^/]+)/([^/]+)/download" url;
      archive = builtins.match ".*/([^/]+\\.crate)" url;
    in
    if download != null then
      "${builtins.elemAt download 0}-${builtins.elemAt download 1}.crate"
    else if archive != null then
      builtins.head archive
    else
      null;

  fixed =
    {
      name,
      hash,
      mode ? "flat",
      script,
    }:
    derivation {
      inherit name;
      inherit (self.stdenv.buildPlatform) system;
      builder = "${self.buildPackages.bash}/bin/bash";
      PATH = lib.makeBinPath (
        with self.buildPackages;
        [
          coreutils
          gnutar
          gzip
        ]
      );
      args = [
        "-ec"
        "${script}\nexit"
      ];
      outputHash = hash;
      outputHashAlgo = if lib.hasPrefix "sha256-" hash then null else "sha256";
      outputHashMode = mode;
      preferLocalBuild = true;
    }
    // {
      meta = { };
      standInHost = self.stdenv.buildPlatform.system;
    };

  findCrate = archive: ''
    crate=
    for folder in ${lib.escapeShellArgs host.crateFolders}; do
      if [ -f "$folder/"${lib.escapeShellArg archive} ]; then crate=$folder/${lib.escapeShellArg archive}; break; fi
    done
    if [ -z "$crate" ]; then
      echo "the stand-in has no network, and cargo's registry cache has no ${archive}: run cargo fetch --locked" >&2
      exit 1
    fi
  '';

  fetchurl =
    given:
    let
      args = checkArgs {
        function = "fetchurl";
        optional = {
          url = types.string;
          urls = types.listOf types.string;
          hash = types.string;
          sha256 = types.sha256;
          name = types.string;
          pname = types.string;
          version = types.string;
          curlOpts = types.string;
          curlOptsList = types.listOf types.string;
          postFetch = types.string;
          downloadToTemp = types.bool;
          executable = types.bool;
          recursiveHash = types.bool;
          showURLs = types.bool;
          meta = types.meta;
          passthru = types.attrs;
          nativeBuildInputs = types.packages;
          netrcPhase = types.nullOr types.string;
          netrcImpureEnvVars = types.listOf types.string;
          preferLocalBuild = types.bool;
        };
      } given;
      urls =
        if args ? url && args ? urls then
          throw "fetchurl: only one of 'url' and 'urls' may be given"
        else
          args.urls or [ (args.url or (throw "fetchurl: argument 'url' is missing")) ];
      crate = crateOf (builtins.head urls);
      local = builtins.match "file://(.*)" (builtins.head urls);
    in
    recorded "fetchurl" args (fixed {
      name = args.name or (baseNameOf (builtins.head urls));
      hash = hashOf "fetchurl" args;
      script =
        if local != null then
          "cp ${lib.escapeShellArg (builtins.head local)} $out"
        else if crate != null then
          findCrate crate + ''cp "$crate" $out''
        else
          "echo ${lib.escapeShellArg "the stand-in has no network: ${builtins.head urls}"} >&2; exit 1";
    });

  # fetchzip's hash is that of the unpacked tree.
  fetchCrate =
    given:
    let
      args = checkArgs {
        function = "fetchCrate";
        required.version = types.string;
        optional = {
          pname = types.string;
          crateName = types.string;
          unpack = types.bool;
          registryDl = types.string;
          hash = types.string;
          sha256 = types.sha256;
          name = types.string;
          meta = types.meta;
          passthru = types.attrs;
        };
      } given;
      pname = args.pname or args.crateName or (throw "fetchCrate: argument 'pname' is missing");
      unpack = args.unpack or true;
    in
    recorded "fetchCrate" args (fixed {
      name = args.name or "${pname}-${args.version}.tar.gz";
      hash = hashOf "fetchCrate" args;
      mode = if unpack then "recursive" else "flat";
      script =
        findCrate "${pname}-${args.version}.crate"
        + (
          if unpack then
            "mkdir $out; tar xzf \"$crate\" --strip-components=1 -C $out"
          else
            ''cp "$crate" $out''
        );
    });

  fetchgit =
    given:
    let
      args = checkArgs {
        function = "fetchgit";
        required.url = types.string;
        optional = {
          rev = types.nullOr types.string;
          tag = types.nullOr types.string;
          hash = types.string;
          sha256 = types.sha256;
          name = types.string;
          leaveDotGit = types.bool;
          deepClone = types.bool;
          fetchSubmodules = types.bool;
          fetchLFS = types.bool;
          fetchTags = types.bool;
          branchName = types.nullOr types.string;
          sparseCheckout = types.listOf types.string;
          nonConeMode = types.bool;
          rootDir = types.string;
          postFetch = types.string;
          preFetch = types.string;
          allowedRequisites = types.any;
          meta = types.meta;
          passthru = types.attrs;
        };
      } given;
      local = builtins.match "file://(.*)" args.url;
      revision =
        if args.rev or null != null then
          args.rev
        else if args.tag or null != null then
          "refs/tags/${args.tag}"
        else
          "HEAD";
    in
    recorded "fetchgit" args (fixed {
      name = args.name or (lib.removeSuffix ".git" (baseNameOf args.url));
      hash = hashOf "fetchgit" args;
      mode = "recursive";
      script =
        if local == null then
          "echo ${lib.escapeShellArg "the stand-in has no network: ${args.url}"} >&2; exit 1"
        else
          ''
            mkdir $out
            ${host.programs.git} -c safe.directory='*' -C ${lib.escapeShellArg (builtins.head local)} \
              archive ${lib.escapeShellArg revision} | tar x -C $out
          '';
    });

  fetchFromGitHub =
    given:
    let
      args = checkArgs {
        function = "fetchFromGitHub";
        required = {
          owner = types.string;
          repo = types.string;
        };
        optional = {
          rev = types.nullOr types.string;
          tag = types.nullOr types.string;
          hash = types.string;
          sha256 = types.sha256;
          name = types.string;
          fetchSubmodules = types.bool;
          leaveDotGit = types.bool;
          deepClone = types.bool;
          private = types.bool;
          forceFetchGit = types.bool;
          sparseCheckout = types.listOf types.string;
          githubBase = types.string;
          meta = types.meta;
          passthru = types.attrs;
        };
      } given;
    in
    if (args.rev or null == null) == (args.tag or null == null) then
      throw "fetchFromGitHub: requires one of either 'rev' or 'tag' to be provided (not both)"
    else
      recorded "fetchFromGitHub" args (fixed {
        name = args.name or "source";
        hash = hashOf "fetchFromGitHub" args;
        mode = "recursive";
        script = "echo 'the stand-in has no network: ${args.owner}/${args.repo}' >&2; exit 1";
      });
in
{
  inherit
    fetchurl
    fetchCrate
    fetchgit
    fetchFromGitHub
    ;
  fetchzip =
    given:
    let
      args = checkArgs {
        function = "fetchzip";
        required.url = types.string;
        optional = {
          hash = types.string;
          sha256 = types.sha256;
          name = types.string;
          stripRoot = types.bool;
          extension = types.nullOr types.string;
          meta = types.meta;
        };
      } given;
      crate = crateOf args.url;
    in
    recorded "fetchzip" args (fixed {
      name = args.name or "source";
      hash = hashOf "fetchzip" args;
      mode = "recursive";
      script =
        if crate == null then
          "echo ${lib.escapeShellArg "the stand-in has no network: ${args.url}"} >&2; exit 1"
        else
          findCrate crate + ''mkdir $out; tar xzf "$crate" --strip-components=1 -C $out'';
    });
}
