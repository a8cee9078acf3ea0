"""Registries for tests: small crates of one's own, in an index that cargo reads from git or over HTTP, or in a folder."""

import contextlib
import functools
import gzip
import hashlib
import http.server
import io
import json
import os
import subprocess
import tarfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

GIT_IDENTITY = {
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@b",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@b",
}


def git(folder: Path, *arguments: str) -> None:
    environment = os.environ | GIT_IDENTITY | {"GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run(["git", *arguments], cwd=folder, env=environment, check=True, capture_output=True)


def commit(folder: Path) -> None:
    """Make a folder a repository, or commit what is new in it."""
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "one")


def write_files(root: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def manifest(name: str, version: str = "1.0.0", more: str = "") -> str:
    return f'[package]\nname = "{name}"\nversion = "{version}"\nedition = "2021"\n{more}'


def archive(name: str, version: str, files: Mapping[str, str]) -> bytes:
    """A `.crate`, the same bytes each time."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as tar:
        for path, text in sorted(files.items()):
            data = text.encode()
            entry = tarfile.TarInfo(f"{name}-{version}/{path}")
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return gzip.compress(raw.getvalue(), mtime=0)


def index_folder(name: str) -> str:
    if len(name) < 4:
        return f"3/{name[0]}" if len(name) == 3 else str(len(name))
    return f"{name[:2]}/{name[2:4]}"


@dataclass(frozen=True, kw_only=True)
class Crate:
    """One published crate; ``needs`` are names and requirements, of this registry unless ``elsewhere`` has its index."""

    name: str
    version: str = "1.0.0"
    needs: Mapping[str, str] = field(default_factory=dict)
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    features: Mapping[str, list[str]] = field(default_factory=dict)
    manifest: str = ""  # after [package] name, version and edition
    files: Mapping[str, str] = field(default_factory=lambda: {"src/lib.rs": ""})

    def archive(self) -> bytes:
        return archive(
            self.name,
            self.version,
            {"Cargo.toml": manifest(self.name, self.version, self.manifest), **self.files},
        )

    def entry(self) -> str:
        needs = [
            {
                "name": name,
                "req": requirement,
                "features": [],
                "optional": False,
                "default_features": True,
                "target": None,
                "kind": "normal",
                "registry": self.elsewhere.get(name),
            }
            for name, requirement in self.needs.items()
        ]
        checksum = hashlib.sha256(self.archive()).hexdigest()
        table = {"name": self.name, "vers": self.version, "deps": needs, "cksum": checksum}
        return json.dumps({**table, "features": self.features, "yanked": False}) + "\n"


def publish(folder: Path, *crates: Crate, download: str | None = None, **config: object) -> str:
    """Write index and archives; returns the address template of the archives."""
    archives, index = folder / "crates", folder / "index"
    template = download or f"{archives.as_uri()}/{{crate}}-{{version}}.crate"
    for crate in crates:
        path = archives / f"{crate.name}-{crate.version}.crate"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(crate.archive())
        entry = index / index_folder(crate.name).lower() / crate.name.lower()
        entry.parent.mkdir(parents=True, exist_ok=True)
        with entry.open("a", encoding="utf-8") as file:
            file.write(crate.entry())
    write_files(index, {"config.json": json.dumps({"dl": template, **config})})
    return template


def publish_in_git(folder: Path, *crates: Crate, **config: object) -> str:
    """A registry with a git index; returns the index's address."""
    publish(folder, *crates, **config)
    commit(folder / "index")
    return (folder / "index").as_uri()


def publish_in_folder(folder: Path, *crates: Crate) -> None:
    """A local registry: archives beside an index."""
    for crate in crates:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{crate.name}-{crate.version}.crate").write_bytes(crate.archive())
        entry = folder / "index" / index_folder(crate.name).lower() / crate.name.lower()
        entry.parent.mkdir(parents=True, exist_ok=True)
        entry.write_text(crate.entry())


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_arguments: object) -> None:
        pass


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder over HTTP on this machine; gives its address, without a slash at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def run_cargo(folder: Path, home: Path, *arguments: str) -> str:
    """Run cargo with a home of its own and nothing else of the environment's settings."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("CARGO_", "RUSTFLAGS"))}
    environment = kept | {"CARGO_HOME": str(home), "CARGO_NET_GIT_FETCH_WITH_CLI": "false"}
    done = subprocess.run(
        ["cargo", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
