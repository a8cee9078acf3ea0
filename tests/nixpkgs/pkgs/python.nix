# Python: the tests' own interpreter and its libraries, under the names that nixpkgs gives them.
self:
let
  lib = import ../lib;
  inherit (self.standIn) check host;
  inherit (check) types checkArgs;

  python3 =
    self.stdenvNoCC.mkDerivation {
      pname = "python3";
      version = host.python.version;
      inherit (host.python) program;
      buildCommand = ''
        mkdir -p $out/bin
        for name in python python3; do
          printf '#!%s\nexec %q "$@"\n' "$SHELL" "$program" > $out/bin/$name
          chmod +x $out/bin/$name
        done
      '';
      meta.mainProgram = "python3";
    }
    // {
      pkgs = packages;
      pythonVersion = "3.13";
      sitePackages = "lib/python3.13/site-packages";
      withPackages =
        choose:
        self.symlinkJoin {
          name = "python3-env";
          paths = [ python3 ] ++ choose packages;
        };
    };

  # A library that the tests' interpreter has already; the package only carries its name.
  library =
    pname:
    self.stdenvNoCC.mkDerivation {
      inherit pname;
      version = "0";
      buildCommand = "mkdir -p $out/lib";
      passthru.pythonModule = true;
    };

  names = [
    "black"
    "hatchling"
    "hypothesis"
    "jinja2"
    "lark"
    "msgspec"
    "networkx"
    "pytest"
    "rich"
    "rtoml"
    "setuptools"
    "syrupy"
    "tomlkit"
  ];

  modules = types.listOf (check.types.package);

  buildPythonApplication =
    given:
    let
      args = checkArgs {
        function = "buildPythonApplication";
        required = {
          pname = types.string;
          version = types.string;
          pyproject = types.bool;
          src = types.source;
        };
        optional = {
          build-system = modules;
          dependencies = modules;
          optional-dependencies = types.attrs;
          nativeBuildInputs = types.packages;
          buildInputs = types.packages;
          nativeCheckInputs = types.packages;
          makeWrapperArgs = types.listOf types.string;
          pythonImportsCheck = types.listOf types.string;
          pythonRelaxDeps = types.either types.bool (types.listOf types.string);
          pythonRemoveDeps = types.either types.bool (types.listOf types.string);
          disabled = types.bool;
          doCheck = types.bool;
          dontCheckRuntimeDeps = types.bool;
          env = types.attrsOf types.envValue;
          meta = types.meta;
          passthru = types.attrs;
          postPatch = types.string;
          postInstall = types.string;
        };
      } given;
      foreign = lib.filter (package: !(package.pythonModule or false)) (
        (args.dependencies or [ ]) ++ (args.build-system or [ ])
      );
    in
    if !args.pyproject then
      throw "buildPythonApplication: pyproject must be true; the setuptools format is deprecated"
    else if foreign != [ ] then
      throw "buildPythonApplication: ${(builtins.head foreign).name} is no Python package"
    else
      self.stdenvNoCC.mkDerivation {
        inherit (args) pname version src;
        inherit (host.python) program;
        buildSystem = map (package: package.pname) (args.build-system or [ ]);
        runtimeDependencies = map (package: package.pname) (args.dependencies or [ ]);
        dontConfigure = true;
        postPatch = args.postPatch or "";
        buildPhase = ''
          runHook preBuild
          "$program" -I ${./install-python-application.py} "$out" "$buildSystem" "$runtimeDependencies"
          runHook postBuild
        '';
        dontPatchShebangs = true;
        doInstallCheck = args ? pythonImportsCheck;
        installCheckPhase = lib.concatMapStringsSep "\n" (module: ''
          PYTHONPATH=$out/lib "$program" -c 'import ${module}'
        '') (args.pythonImportsCheck or [ ]);
        meta = args.meta or { };
        passthru = (args.passthru or { }) // {
          standInCall = {
            function = "buildPythonApplication";
            inherit args;
          };
        };
      };

  packages = lib.genAttrs names library // {
    inherit buildPythonApplication;
    buildPythonPackage = throw "buildPythonPackage is not in the stand-in";
    python = python3;
  };
in
{
  inherit python3;
  python313 = python3;
  python3Packages = packages;
  python313Packages = packages;
}
