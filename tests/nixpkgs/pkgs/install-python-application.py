"""Installs the Python project of the working folder for the stand-in's buildPythonApplication.

Arguments: output folder, names of the build system's packages, names of the dependencies (each separated by spaces).
As nixpkgs does, it fails when pyproject.toml asks for something that the package was not given.
"""

import re
import shutil
import sys
import tomllib
from pathlib import Path

SCRIPT = """#!{python}
import sys
sys.path.insert(0, {library!r})
from {module} import {function}
sys.exit({function}())
"""


def bare_name(requirement: str) -> str:
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name, requirement
    return re.sub(r"[-_.]+", "-", name[0]).lower()


def require(wanted: list[str], given: str, kind: str) -> None:
    absent = sorted({bare_name(each) for each in wanted} - {bare_name(each) for each in given.split()})
    if absent:
        sys.exit(
            f"buildPythonApplication: pyproject.toml wants {', '.join(absent)}, which {kind} does not hold"
        )


def main(out: str, build_system: str, dependencies: str) -> None:
    project = tomllib.loads(Path("pyproject.toml").read_text())
    require(project["build-system"]["requires"], build_system, "build-system")
    require(project["project"].get("dependencies", []), dependencies, "dependencies")
    library = Path(out) / "lib"
    wheel = project.get("tool", {}).get("hatch", {}).get("build", {}).get("targets", {}).get("wheel", {})
    for package in wheel.get("packages", [project["project"]["name"].replace("-", "_")]):
        shutil.copytree(package, library / Path(package).name)
    for source, target in wheel.get("force-include", {}).items():
        copy = shutil.copytree if Path(source).is_dir() else shutil.copy
        copy(source, library / target)
    scripts = Path(out) / "bin"
    scripts.mkdir(parents=True)
    for name, entry in project["project"].get("scripts", {}).items():
        module, function = entry.split(":")
        script = scripts / name
        script.write_text(
            SCRIPT.format(python=sys.executable, library=str(library), module=module, function=function)
        )
        script.chmod(0o755)


main(*sys.argv[1:])
