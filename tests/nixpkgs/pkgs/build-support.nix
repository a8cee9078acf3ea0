# Commands, joined folders and shells. Their arguments are checked against nixpkgs' own signatures, and each call is kept as `standInCall`.
self:
let
  lib = import ../lib;
  inherit (self.standIn) check;
  inherit (check) types checkArgs checkValue;

  recorded =
    function: args: package:
    package // { standInCall = { inherit function args; }; };

  # Name from name, or from pname and version, as buildEnv and symlinkJoin take it.
  nameOf =
    function: args:
    args.name or (
      if args ? pname && args ? version then
        "${args.pname}-${args.version}"
      else
        throw "${function}: neither 'name' nor 'pname' and 'version' is given"
    );

  run =
    function: stdenv: name: env: command:
    recorded function { inherit name env command; } (
      stdenv.mkDerivation (
        {
          name = checkValue function "name" types.string name;
          buildCommand = checkValue function "buildCommand" types.string command;
          passAsFile = [ "buildCommand" ];
          enableParallelBuilding = true;
        }
        // checkValue function "env" types.attrs env
      )
    );

  joinArgs = {
    name = types.string;
    pname = types.string;
    version = types.string;
    meta = types.meta;
    passthru = types.attrs;
    postBuild = types.string;
    nativeBuildInputs = types.packages;
    buildInputs = types.packages;
    preferLocalBuild = types.bool;
    allowSubstitutes = types.bool;
  };

  # A folder of links to the files of all paths; the first path wins, or a collision is an error.
  joined =
    {
      function,
      args,
      links ? [ "/" ],
      collisions,
    }:
    recorded function args (
      self.stdenv.mkDerivation (
        {
          name = nameOf function args;
          linkPaths = map toString (lib.filter (path: path != null) args.paths);
          linkFolders = links;
          inherit collisions;
          prefix = args.extraPrefix or "";
          buildCommand = ''
            mkdir -p "$out$prefix"
            for path in $linkPaths; do
              for folder in $linkFolders; do
                [ -e "$path$folder" ] || continue
                if [ ! -d "$path$folder" ]; then echo "$path$folder is no folder" >&2; exit 1; fi
                (cd "$path" && find -L ".$folder" -type f ! -path './nix-support/*') | while IFS= read -r file; do
                  target=$out$prefix/''${file#./}
                  if [ -e "$target" ]; then
                    [ "$collisions" = allow ] || cmp -s "$target" "$path/$file" || {
                      echo "collision between $(readlink "$target") and $path/$file" >&2; exit 1; }
                    continue
                  fi
                  mkdir -p "''${target%/*}"
                  ln -s "$path/''${file#./}" "$target"
                done
              done
            done
            ${args.postBuild or ""}
          '';
          passthru = args.passthru or { };
          meta = args.meta or { };
        }
        // builtins.intersectAttrs {
          nativeBuildInputs = null;
          buildInputs = null;
          pname = null;
          version = null;
        } args
      )
    );

  mkShell =
    stdenv: given:
    let
      args = checkArgs {
        function = "mkShell";
        optional = {
          name = types.string;
          packages = types.packages;
          inputsFrom = types.packages;
          buildInputs = types.packages;
          nativeBuildInputs = types.packages;
          propagatedBuildInputs = types.packages;
          propagatedNativeBuildInputs = types.packages;
          shellHook = types.string;
          env = types.attrsOf types.envValue;
          hardeningDisable = types.listOf types.string;
        };
        open = true;
      } given;
      others = removeAttrs args [
        "name"
        "packages"
        "inputsFrom"
        "buildInputs"
        "nativeBuildInputs"
        "propagatedBuildInputs"
        "propagatedNativeBuildInputs"
        "shellHook"
        "env"
        "meta"
        "passthru"
        "hardeningDisable"
        "stdenv"
        "strictDeps"
        "preferLocalBuild"
      ];
      strange = lib.filter (name: lib.toUpper name != name) (lib.attrNames others);
      from = attribute: lib.concatMap (package: package.${attribute} or [ ]) (args.inputsFrom or [ ]);
    in
    if strange != [ ] then
      throw "mkShell: unknown argument '${builtins.head strange}' (environment variables go into env)"
    else
      recorded "mkShell" args (
        stdenv.mkDerivation (
          others
          // builtins.intersectAttrs {
            env = null;
            meta = null;
            passthru = null;
          } args
          // {
            name = args.name or "nix-shell";
            nativeBuildInputs =
              (args.nativeBuildInputs or [ ]) ++ (args.packages or [ ]) ++ from "nativeBuildInputs";
            buildInputs = (args.buildInputs or [ ]) ++ from "buildInputs";
            shellHook = lib.concatStringsSep "\n" (
              map (package: package.shellHook or "") (args.inputsFrom or [ ]) ++ [ (args.shellHook or "") ]
            );
            phases = [ "buildPhase" ];
            buildPhase = ''
              { echo "------------------------------------------------------------"; export; } > "$out"
            '';
          }
        )
      );
in
{
  runCommand = run "runCommand" self.stdenvNoCC;
  runCommandLocal = run "runCommandLocal" self.stdenvNoCC;
  runCommandCC = run "runCommandCC" self.stdenv;

  symlinkJoin =
    given:
    joined {
      function = "symlinkJoin";
      args = checkArgs {
        function = "symlinkJoin";
        required.paths = types.packages;
        optional = joinArgs // {
          stripPrefix = types.string;
          failOnMissing = types.bool;
        };
      } given;
      collisions = "allow";
    };

  buildEnv =
    given:
    let
      args = checkArgs {
        function = "buildEnv";
        required.paths = types.packages;
        optional = joinArgs // {
          manifest = types.string;
          extraOutputsToInstall = types.listOf types.string;
          ignoreCollisions = types.bool;
          checkCollisionContents = types.bool;
          ignoreSingleFileOutputs = types.bool;
          includeClosures = types.bool;
          pathsToLink = types.listOf types.string;
          extraPrefix = types.string;
          derivationArgs = types.attrs;
        };
      } given;
    in
    joined {
      function = "buildEnv";
      inherit args;
      links = args.pathsToLink or [ "/" ];
      collisions = if args.ignoreCollisions or false then "allow" else "refuse";
    };

  linkFarm =
    name: entries:
    let
      listed =
        if builtins.isAttrs entries then
          lib.mapAttrsToList (name: path: { inherit name path; }) entries
        else
          map (checkArgs {
            function = "linkFarm";
            required = {
              name = types.string;
              path = types.source;
            };
          }) entries;
      link = entry: ''
        mkdir -p "$(dirname ${lib.escapeShellArg "./${entry.name}"})"
        ln -s ${lib.escapeShellArg "${entry.path}"} ${lib.escapeShellArg "./${entry.name}"}
      '';
    in
    recorded "linkFarm" { inherit name entries; } (
      self.runCommandLocal name
        { passthru.entries = lib.listToAttrs (map (e: lib.nameValuePair e.name e.path) listed); }
        ''
          mkdir -p "$out"
          cd "$out"
          ${lib.concatMapStrings link listed}
        ''
    );
  linkFarmFromDrvs =
    name: packages:
    self.linkFarm name (
      map (package: {
        inherit (package) name;
        path = package;
      }) packages
    );

  mkShell = mkShell self.stdenv;
  mkShellNoCC = mkShell self.stdenvNoCC;

  emptyDirectory = self.runCommandLocal "empty-directory" { } "mkdir $out";
  emptyFile = self.runCommandLocal "empty-file" { } "touch $out";

  makeSetupHook =
    given: script:
    let
      args = checkArgs {
        function = "makeSetupHook";
        required.name = types.string;
        optional = {
          propagatedBuildInputs = types.packages;
          propagatedNativeBuildInputs = types.packages;
          substitutions = types.attrs;
          meta = types.meta;
          passthru = types.attrs;
        };
      } given;
    in
    recorded "makeSetupHook" args (
      self.runCommandLocal args.name { } ''
        mkdir -p "$out/nix-support"
        cp ${script} "$out/nix-support/setup-hook"
      ''
    );
  makeWrapper = self.makeSetupHook { name = "make-wrapper-hook"; } ./make-wrapper.sh;
  makeBinaryWrapper = self.makeSetupHook { name = "make-binary-wrapper-hook"; } ./make-wrapper.sh;
  makeShellWrapper = self.makeWrapper;
}
