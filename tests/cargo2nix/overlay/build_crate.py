"""Builds one crate with cargo, alone: its dependencies are taken out of the manifest and handed to rustc."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path

ORDER_TEXT, OUT_PATH, BIN_PATH, SOURCE = (os.environ[name] for name in ("order", "out", "bin", "src"))
ORDER = json.loads(ORDER_TEXT)
OUT, BIN = Path(OUT_PATH), Path(BIN_PATH)
HASH = OUT.name.partition("-")[0]
WORK = Path.cwd() / "work"
DROPPED = (
    "dependencies",
    "dev-dependencies",
    "build-dependencies",
    "target",
    "patch",
    "replace",
    "workspace",
)

WRAPPER = """#!{python}
import json, os, sys
arguments = sys.argv[1:]
flags = json.loads({flags!r})
name = arguments[arguments.index("--crate-name") + 1] if "--crate-name" in arguments else ""
arguments = ["metadata={hash}" if each.startswith("metadata=") else each for each in arguments]
arguments += flags["script" if name.startswith("build_script_") else "crate"]
os.execvp("rustc", ["rustc", *arguments])
"""


def toml(table: dict, path: tuple[str, ...] = ()) -> str:
    """A table as TOML: values first, then the tables below it."""
    keys = {key: value for key, value in table.items() if not isinstance(value, dict)}
    lines = [f"{json.dumps(key)} = {inline(value)}" for key, value in keys.items()]
    text = (f"[{'.'.join(map(json.dumps, path))}]\n" if path else "") + "".join(f"{line}\n" for line in lines)
    return text + "".join(toml(value, (*path, key)) for key, value in table.items() if key not in keys)


def inline(value: object) -> str:
    match value:
        case dict():
            return (
                "{ " + ", ".join(f"{json.dumps(key)} = {inline(each)}" for key, each in value.items()) + " }"
            )
        case list():
            return f"[{', '.join(map(inline, value))}]"
    return json.dumps(value, ensure_ascii=False)


def flags_of(crates: dict[str, str]) -> list[str]:
    """What rustc is told of crates and of all that these need."""
    found = []
    for name, path in sorted(crates.items()):
        info = json.loads((Path(path) / "crate.json").read_text())
        found += ["--extern", f"{name}={path}/lib/{info['library']}", "-L", f"dependency={path}/lib/deps"]
        found += info["link"]
    return found


def unpack(source: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, WORK, symlinks=True)
    else:
        with tarfile.open(source) as archive:
            archive.extractall(WORK.with_name("unpacked"), filter="data")
        next(WORK.with_name("unpacked").iterdir()).rename(WORK)
    subprocess.run(["chmod", "-R", "u+w", WORK], check=True)


def manifest_folder() -> Path:
    line = ["cargo", "metadata", "--format-version", "1", "--no-deps", "--offline"]
    packages = json.loads(subprocess.run(line, cwd=WORK, check=True, capture_output=True).stdout)["packages"]
    return Path(next(p["manifest_path"] for p in packages if p["name"] == ORDER["name"])).parent


def reduce(folder: Path) -> None:
    """Leave the crate alone in its workspace, without dependencies and with just the features that are on."""
    manifest = tomllib.loads((folder / "Cargo.toml").read_text())
    reduced = {key: value for key, value in manifest.items() if key not in DROPPED} | ORDER["manifest"]
    root = tomllib.loads((WORK / "Cargo.toml").read_text())
    if folder != WORK:
        workspace = {
            k: v
            for k, v in root["workspace"].items()
            if k not in ("dependencies", "default-members", "exclude")
        }
        workspace["members"] = [str(folder.relative_to(WORK))]
        kept = {"workspace": workspace} | {k: v for k, v in root.items() if k == "profile"}
        (WORK / "Cargo.toml").write_text(toml(kept))
    elif "workspace" in root:
        reduced["workspace"] = {
            k: v for k, v in root["workspace"].items() if k in ("package", "lints", "resolver")
        }
    (folder / "Cargo.toml").write_text(toml(reduced))
    (WORK / "Cargo.lock").unlink(missing_ok=True)


def build(folder: Path) -> list[dict]:
    (WORK / ".cargo").mkdir(exist_ok=True)
    config = ORDER["config"] | {"net": {"offline": True}}
    (WORK / ".cargo/config.toml").write_text(toml(config))
    flags = {
        "crate": flags_of(ORDER["dependencies"]) + ORDER["linkFlags"],
        "script": flags_of(ORDER["buildDependencies"]) + ORDER["buildFlags"],
    }
    wrapper = Path.cwd() / "rustc"
    wrapper.write_text(WRAPPER.format(python=sys.executable, flags=json.dumps(flags), hash=HASH))
    wrapper.chmod(0o755)
    features = [feature for feature in ORDER["features"] if feature != "default"]
    line = ["cargo", "build", "--target", ORDER["triple"], "--message-format", "json-render-diagnostics"]
    line += ["--release"] if ORDER["release"] else []
    line += {"test": ["--tests"], "bench": ["--benches"]}.get(ORDER["mode"], [])
    line += ["--features", ",".join(features)] if features else []
    line += [] if "default" in ORDER["features"] else ["--no-default-features"]
    environment = os.environ | {
        "RUSTC": str(wrapper),
        "CARGO_HOME": str(Path.cwd() / "home"),
        "CARGO_INCREMENTAL": "0",
    }
    done = subprocess.run(line, cwd=folder, env=environment, stdout=subprocess.PIPE, check=True)
    return [json.loads(each) for each in done.stdout.splitlines() if each.startswith(b"{")]


def install(messages: list[dict]) -> None:
    (OUT / "lib/deps").mkdir(parents=True)
    BIN.mkdir()
    library, link = "", []
    for message in messages:
        if message["reason"] == "build-script-executed":
            link += [f"-l{each}" for each in message["linked_libs"]] + [
                f"-L{each}" for each in message["linked_paths"]
            ]
        if message["reason"] != "compiler-artifact" or "custom-build" in message["target"]["kind"]:
            continue
        if message["executable"]:
            (BIN / "bin").mkdir(exist_ok=True)
            shutil.copy(message["executable"], BIN / "bin")
            continue
        for file in message["filenames"]:
            if file.endswith((".rlib", ".so")):
                library = Path(file).name
                shutil.copy(file, OUT / "lib")
    for path in {*ORDER["dependencies"].values()}:
        for below in (Path(path) / "lib/deps").iterdir():
            if not (OUT / "lib/deps" / below.name).exists():
                (OUT / "lib/deps" / below.name).symlink_to(below.resolve())
    if library:
        stem, _, suffix = library.rpartition(".")
        (OUT / f"lib/deps/{stem}-{HASH}.{suffix}").symlink_to(OUT / "lib" / library)
    (OUT / "crate.json").write_text(json.dumps({"library": library, "link": link}))


unpack(Path(SOURCE))
home = manifest_folder()
reduce(home)
install(build(home))
