"""What rustc itself says a target reads: `--emit=dep-info`, which needs none of the dependencies built."""

import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path


def dep_info(
    source: Path,
    *,
    package: Path,
    cwd: Path,
    edition: str = "2021",
    test: bool = False,
    features: tuple[str, ...] = (),
    proc_macro: bool = False,
    externs: Mapping[str, Path] | None = None,
    links: bool = True,
) -> set[Path] | None:
    """Every file that rustc lists, links kept as they are, or followed; None when it gives no dep-info."""
    kind = ["--crate-type", "proc-macro", "--extern", "proc_macro"] if proc_macro else ["--crate-type", "lib"]
    environment = _environment(package)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "o.d"
        command = ["rustc", "--edition", edition, *kind, f"--emit=dep-info={out}", "--cap-lints", "allow"]
        command += [flag for name in features for flag in ("--cfg", f'feature="{name}"')]
        command += ["--test"] if test else []
        command += [flag for name, path in (externs or {}).items() for flag in ("--extern", f"{name}={path}")]
        subprocess.run([*command, str(source)], cwd=cwd, env=environment, capture_output=True, check=False)
        if not out.exists():
            return None
        lines = out.read_text().splitlines()
    names = [
        line[:-1].replace("\\ ", " ") for line in lines if line.endswith(":") and not line.startswith("#")
    ]
    place = os.path.normpath if links else os.path.realpath
    return {Path(place(cwd / name)) for name in names}


def compile_macros(root: Path, crates: Mapping[str, str], edition: str) -> dict[str, Path]:
    """Compiles small crates (name to main file) as far as users of their macros need it."""
    made: dict[str, Path] = {}
    for name, main in crates.items():
        out = root / f"lib{name}.rmeta"
        command = ["rustc", "--edition", edition, "--crate-type", "lib", "--crate-name", name]
        command += [f"--emit=metadata={out}", "--cap-lints", "allow", str(root / main)]
        command += [flag for known, path in made.items() for flag in ("--extern", f"{known}={path}")]
        environment = _environment(root / main.partition("/")[0])
        subprocess.run(command, cwd=root, env=environment, capture_output=True, check=True)
        made[name] = out
    return made


def _environment(package: Path) -> dict[str, str]:
    environment = {key: value for key, value in os.environ.items() if key != "OUT_DIR"}
    return {**environment, "CARGO_MANIFEST_DIR": str(package)}
