# Builders of text files and scripts, checked against nixpkgs' own signatures; each call is kept as `standInCall`.
self:
let
  lib = import ../lib;
  inherit (self.standIn) check;
  inherit (check) types checkArgs checkValue;

  recorded =
    function: args: package:
    package // { standInCall = { inherit function args; }; };

  textFile = {
    function = "writeTextFile";
    required = {
      name = types.string;
      text = types.string;
    };
    optional = {
      executable = types.bool;
      destination = types.string;
      checkPhase = types.string;
      meta = types.meta;
      passthru = types.attrs;
      allowSubstitutes = types.bool;
      preferLocalBuild = types.bool;
      derivationArgs = types.attrs;
    };
  };

  writeTextFile =
    given:
    let
      args = checkArgs textFile given;
      destination = args.destination or "";
    in
    if destination != "" && !lib.hasPrefix "/" destination then
      throw "writeTextFile: destination '${destination}' must begin with /"
    else
      recorded "writeTextFile" args (
        self.stdenv.mkDerivation (
          {
            inherit (args) name text;
            passAsFile = [
              "text"
              "buildCommand"
            ];
            buildCommand = ''
              target=$out${lib.escapeShellArg destination}
              mkdir -p "$(dirname "$target")"
              cp "$textPath" "$target"
              ${lib.optionalString (args.executable or false) ''chmod +x "$target"''}
              ${args.checkPhase or ""}
            '';
            meta =
              lib.optionalAttrs (args.executable or false && lib.hasPrefix "/bin/" destination) {
                mainProgram = lib.removePrefix "/bin/" destination;
              }
              // (args.meta or { });
            passthru = args.passthru or { };
          }
          // (args.derivationArgs or { })
        )
      );

  syntaxCheck = ''
    ${self.buildPackages.bash}/bin/bash -n -O extglob "$target"
  '';

  shellApplication = {
    function = "writeShellApplication";
    required = {
      name = types.string;
      text = types.string;
    };
    optional = {
      runtimeInputs = types.packages;
      runtimeEnv = types.nullOr types.attrs;
      meta = types.meta;
      passthru = types.attrs;
      checkPhase = types.nullOr types.string;
      excludeShellChecks = types.listOf types.string;
      extraShellCheckFlags = types.listOf types.string;
      bashOptions = types.listOf types.string;
      derivationArgs = types.attrs;
      inheritPath = types.bool;
    };
  };

  writeShellApplication =
    given:
    let
      args = checkArgs shellApplication given;
      inputs = args.runtimeInputs or [ ];
      environment = lib.mapAttrsToList (name: value: ''
        ${lib.toShellVar name value}
        export ${name}
      '') (if args.runtimeEnv or null == null then { } else args.runtimeEnv);
      text = lib.concatStrings (
        [ "#!${self.bash}/bin/bash\n" ]
        ++ map (option: "set -o ${option}\n") (
          args.bashOptions or [
            "errexit"
            "nounset"
            "pipefail"
          ]
        )
        ++ environment
        ++
          lib.optional (inputs != [ ])
            "\nexport PATH=\"${lib.makeBinPath inputs}${
              lib.optionalString (args.inheritPath or true) ":$PATH"
            }\"\n"
        ++ [
          "\n"
          args.text
          "\n"
        ]
      );
    in
    recorded "writeShellApplication" args (writeTextFile {
      inherit (args) name;
      inherit text;
      executable = true;
      destination = "/bin/${args.name}";
      checkPhase = if args.checkPhase or null == null then syntaxCheck else args.checkPhase;
      meta = {
        mainProgram = args.name;
      }
      // (args.meta or { });
      passthru = args.passthru or { };
      derivationArgs = args.derivationArgs or { };
    });

  shellScript =
    destination: name: text:
    writeTextFile (
      {
        inherit name;
        text = "#!${self.bash}/bin/bash\n${text}\n";
        executable = true;
        checkPhase = syntaxCheck;
      }
      // lib.optionalAttrs destination {
        destination = "/bin/${name}";
        meta.mainProgram = name;
      }
    );
in
{
  inherit writeTextFile writeShellApplication;

  writeText =
    name: text:
    recorded "writeText" { inherit name text; } (writeTextFile {
      name = checkValue "writeText" "name" types.string name;
      text = checkValue "writeText" "text" types.string text;
    });
  writeTextDir =
    path: text:
    writeTextFile {
      name = baseNameOf path;
      inherit text;
      destination = "/${path}";
    };
  writeScript =
    name: text:
    writeTextFile {
      inherit name text;
      executable = true;
    };
  writeScriptBin =
    name: text:
    writeTextFile {
      inherit name text;
      executable = true;
      destination = "/bin/${name}";
    };
  writeShellScript = shellScript false;
  writeShellScriptBin = shellScript true;
}
