"""What rustc itself says a target reads: `--emit=dep-info`, which needs none of the dependencies built."""

import os
import subprocess
import tempfile
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
) -> set[Path] | None:
    """Every file that rustc lists, links kept as they are; None when it gives no dep-info."""
    kind = ["--crate-type", "proc-macro", "--extern", "proc_macro"] if proc_macro else ["--crate-type", "lib"]
    environment = {key: value for key, value in os.environ.items() if key != "OUT_DIR"}
    environment["CARGO_MANIFEST_DIR"] = str(package)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "o.d"
        command = ["rustc", "--edition", edition, *kind, f"--emit=dep-info={out}", "--cap-lints", "allow"]
        command += [flag for name in features for flag in ("--cfg", f'feature="{name}"')]
        command += ["--test"] if test else []
        subprocess.run([*command, str(source)], cwd=cwd, env=environment, capture_output=True, check=False)
        if not out.exists():
            return None
        lines = out.read_text().splitlines()
    names = [
        line[:-1].replace("\\ ", " ") for line in lines if line.endswith(":") and not line.startswith("#")
    ]
    return {Path(os.path.normpath(cwd / name)) for name in names}
