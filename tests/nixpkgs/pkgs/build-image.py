"""Write an image's tar to $out: a layer for each store path that is needed, and one of the folder that is named."""

import gzip
import hashlib
import io
import json
import os
import sys
import tarfile
from datetime import datetime
from pathlib import Path

STAMP = 1
ENV = dict(os.environ)  # as Nix writes attributes, in small letters
CREATED = datetime.fromisoformat(ENV["created"]).isoformat()  # so does nixpkgs


def anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    member.mtime = STAMP
    return member


def layer_of(source: str, name: str) -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", format=tarfile.GNU_FORMAT) as layer:
        layer.add(source, arcname=name, filter=anonymous)
    return data.getvalue()


def store_layer(path: str) -> bytes:
    """A store path below its folder, with absolute names, as nixpkgs has it."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", format=tarfile.GNU_FORMAT) as layer:
        folder = anonymous(tarfile.TarInfo(str(Path(path).parent)))
        folder.type, folder.mode = tarfile.DIRTYPE, 0o755
        layer.addfile(folder)
        layer.add(path, filter=lambda member: anonymous(member.replace(name=f"/{member.name}", deep=False)))
    return data.getvalue()


def closure() -> list[str]:
    """The store paths of Nix's lists: each a path, its derivation, how many references, and these."""
    found: set[str] = set()
    for graph in Path().glob("closure-*"):
        lines = iter(graph.read_text().splitlines())
        for path in lines:
            found.add(path)
            next(lines)
            for _ in range(int(next(lines))):
                next(lines)
    return sorted(found)


def add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    member = anonymous(tarfile.TarInfo(name))
    member.size, member.mode = len(data), 0o444
    archive.addfile(member, io.BytesIO(data))


layers = [store_layer(path) for path in closure()] + [layer_of(sys.argv[1], ".")]
digests = [hashlib.sha256(layer).hexdigest() for layer in layers]
config = json.dumps(
    {
        "created": CREATED,
        "architecture": ENV["architecture"],
        "os": "linux",
        "config": json.loads(Path(ENV["config"]).read_text()),
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}" for digest in digests]},
        "history": [{"created": CREATED} for _ in layers],
    }
).encode()
config_name = f"{hashlib.sha256(config).hexdigest()}.json"
manifest = [
    {
        "Config": config_name,
        "RepoTags": [ENV["reference"]],
        "Layers": [f"{digest}/layer.tar" for digest in digests],
    }
]
with (
    gzip.GzipFile(ENV["out"], "w", compresslevel=1, mtime=0) as packed,
    tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as archive,
):
    for digest, layer in zip(digests, layers, strict=True):
        add(archive, f"{digest}/layer.tar", layer)
    add(archive, config_name, config)
    add(archive, "manifest.json", json.dumps(manifest).encode())
