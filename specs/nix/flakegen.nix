# flakegen itself, for the shells and checks of the specs beside it.
{ lib, python3Packages }:
let
  root = ../..;
  parts = [
    "LICENSE"
    "README.md"
    "flakegen"
    "grammar"
    "pyproject.toml"
  ];
in
python3Packages.buildPythonApplication {
  pname = "flakegen";
  version = "0.1.0";
  pyproject = true;
  src = builtins.path {
    name = "flakegen-source";
    path = root;
    filter = path: _: builtins.any (part: lib.hasPrefix "${toString root}/${part}" path) parts;
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
