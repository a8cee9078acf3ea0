# flakegen itself, for the shells and checks of the specs beside it.
{ lib, python3Packages }:
python3Packages.buildPythonApplication {
  pname = "flakegen";
  version = "0.1.0";
  pyproject = true;
  src = lib.fileset.toSource {
    root = ../..;
    fileset = lib.fileset.unions [
      ../../LICENSE
      ../../README.md
      ../../flakegen
      ../../grammar
      ../../pyproject.toml
    ];
  };
  build-system = [ python3Packages.hatchling ];
  dependencies = [
    python3Packages.jinja2
    python3Packages.lark
    python3Packages.msgspec
    python3Packages.networkx
    python3Packages.rich
    python3Packages.rtoml
    python3Packages.tomlkit
  ];
  meta.mainProgram = "flakegen";
}
