"""Container images as tests see them: unpacked, changed, and their programs started without a container engine."""

from __future__ import annotations

import copy
import io
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HOST_FOLDERS = ("/usr", "/lib", "/lib64", sys.base_prefix, sys.prefix)
"""What programs of the stand-in nixpkgs take from the machine, where real ones have it in their closure."""

START = """
set -eu
root=$1 account=$2 folder=$3
shift 3
for host in $HOST_FOLDERS; do
  if [ -L "$host" ]; then
    ln -sfn "$(readlink "$host")" "$root$host"
  elif [ -d "$host" ]; then
    mkdir -p "$root$host"
    mount --rbind "$host" "$root$host"
  fi
done
[ "$(id -u)" != 0 ] || [ -n "${MAPPED:-}" ] || as=--userspec=$account
exec chroot ${as:-} "$root" /usr/bin/env -i -C "$folder" "$@"
"""

Member = tuple[tarfile.TarInfo, bytes]


@dataclass
class Container:
    """An image, taken apart: its configuration, and its layers' members."""

    manifest: dict[str, Any]
    config: dict[str, Any]
    layers: list[list[Member]] = field(default_factory=list)

    def find(self, name: str) -> Member:
        """The member of that name in the last layer that has it."""
        for layer in reversed(self.layers):
            for member in layer:
                if member[0].name.lstrip("./") == name:
                    return member
        raise KeyError(name)

    def add(self, name: str, data: bytes = b"", mode: int = 0o555, **attributes: Any) -> None:
        """Put a file, or with `type` something else, over all layers."""
        info = tarfile.TarInfo(name)
        info.size, info.mode, info.mtime = len(data), mode, 1
        for attribute, value in attributes.items():
            setattr(info, attribute, value)
        self.layers.append([(info, data)])

    def remove(self, name: str) -> None:
        """Take a path out of all layers."""
        self.layers = [[each for each in layer if each[0].name.lstrip("./") != name] for layer in self.layers]

    def changed(self, change: Callable[[Container], None]) -> Container:
        """A copy with a change."""
        other = copy.deepcopy(self)
        change(other)
        return other

    def write(self, path: Path) -> Path:
        """Write it as a tar."""
        with tarfile.open(path, "w") as archive:
            names = []
            for number, layer in enumerate(self.layers):
                data = io.BytesIO()
                with tarfile.open(fileobj=data, mode="w") as inner:
                    for info, content in layer:
                        inner.addfile(info, io.BytesIO(content))
                names.append(f"{number}/layer.tar")
                _add(archive, names[-1], data.getvalue())
            _add(archive, "config.json", json.dumps(self.config).encode())
            manifest = self.manifest | {"Config": "config.json", "Layers": names}
            _add(archive, "manifest.json", json.dumps([manifest]).encode())
        return path


def _add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    archive.addfile(info, io.BytesIO(data))


def read(path: Path) -> Container:
    """Take an image's tar apart."""
    with tarfile.open(path) as archive:
        [manifest] = json.load(_file(archive, "manifest.json"))
        container = Container(manifest=manifest, config=json.load(_file(archive, manifest["Config"])))
        for name in manifest["Layers"]:
            with tarfile.open(fileobj=_file(archive, name)) as layer:
                container.layers.append(
                    [(each, _file(layer, each.name).read() if each.isreg() else b"") for each in layer]
                )
    return container


def _file(archive: tarfile.TarFile, name: str) -> Any:
    found = archive.extractfile(name)
    assert found is not None, name
    return found


def unpack(path: Path, root: Path) -> None:
    """Lay the layers of an image over each other in a folder, as container engines do."""
    with tarfile.open(path) as archive:
        [manifest] = json.load(_file(archive, "manifest.json"))
        for name in manifest["Layers"]:
            with tarfile.open(fileobj=_file(archive, name)) as layer:
                layer.extractall(root, filter=_below)  # noqa: S202  # ours


def _below(member: tarfile.TarInfo, _root: str) -> tarfile.TarInfo:
    """Members of images may have absolute names, meaning the image's root."""
    return member.replace(name=member.name.lstrip("/") or ".", deep=False)


def start(root: Path, config: dict[str, Any], *arguments: str) -> str:
    """Start what an image's configuration says in its unpacked files, as its user; give what it prints."""
    said = config["config"]
    words = [*said["Entrypoint"], *(arguments or said["Cmd"])]
    return run_in(root, config, *words)


def run_in(root: Path, config: dict[str, Any], *words: str) -> str:
    """Run a program among an image's files, with its user, folder and environment."""
    said = config["config"]
    is_root = os.geteuid() == 0
    space = ["unshare", "--mount", *([] if is_root else ["--map-root-user"])]
    command = [
        *space,
        "sh",
        "-c",
        START,
        "start",
        root,
        said["User"],
        said["WorkingDir"],
        *said["Env"],
        *words,
    ]
    environment = os.environ | {"HOST_FOLDERS": " ".join(HOST_FOLDERS)} | ({} if is_root else {"MAPPED": "1"})
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout
