"""Comparing unit graphs: cargo's own, printed under RUSTC_BOOTSTRAP=1, and ours, as graphs and not as lists."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from pathlib import Path


def cargo_environment(**extra: str) -> dict[str, str]:
    """The environment for oracle runs: nothing that would change profiles, flags or targets."""
    dropped = ("CARGO_", "RUSTFLAGS", "RUSTC_BOOTSTRAP")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(dropped) or k == "CARGO_HOME"}
    return {**kept, "RUSTC_BOOTSTRAP": "1", **extra}


class OracleError(Exception):
    """Cargo refused; the message is what it wrote."""


def cargo_graph(command: str, arguments: list[str], cwd: Path, **environment: str) -> dict:
    """The unit graph of `cargo <command> <arguments>`."""
    line = ["cargo", command, "--offline", "--unit-graph", "-Z", "unstable-options", *arguments]
    done = subprocess.run(
        line, cwd=cwd, env=cargo_environment(**environment), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise OracleError(done.stderr)
    return json.loads(done.stdout)


def canonical(graph: dict) -> tuple[list[str], dict[str, dict]]:
    """Sorted hashes of units with their edge sets, roots marked; and the unit of each hash, to show differences."""
    units = graph["units"]
    roots = set(graph["roots"])
    hashes: dict[int, str] = {}

    def visit(start: int) -> None:
        stack = [start]
        while stack:
            index = stack[-1]
            missing = [d["index"] for d in units[index]["dependencies"] if d["index"] not in hashes]
            if missing:
                stack += missing
                continue
            stack.pop()
            if index not in hashes:
                hashes[index] = _hash(units[index], hashes)

    for index in range(len(units)):
        visit(index)
    shown = {}
    for index, digest in hashes.items():
        edges = sorted(
            {(d["extern_crate_name"], hashes[d["index"]][:6]) for d in units[index]["dependencies"]}
        )
        shown[digest + (" root" if index in roots else "")] = {**units[index], "dependencies": edges}
    return sorted(shown), shown


def _hash(unit: dict, hashes: dict[int, str]) -> str:
    edges = {
        (d["extern_crate_name"], d.get("public"), d.get("noprelude"), hashes[d["index"]])
        for d in unit["dependencies"]
    }
    own = {key: value for key, value in unit.items() if key != "dependencies"}
    return hashlib.sha256(json.dumps([own, sorted(edges)], sort_keys=True).encode()).hexdigest()


def differences(ours: dict, theirs: dict, most: int = 6) -> str:
    """A short text that shows what differs, causes before their consequences; empty for equal graphs."""
    our_hashes, our_units = canonical(ours)
    their_hashes, their_units = canonical(theirs)
    lines = [("ours", _show(our_units[h])) for h in our_hashes if h not in their_units]
    lines += [("cargo", _show(their_units[h])) for h in their_hashes if h not in our_units]
    for what in ("units", "roots"):
        if not lines and len(ours[what]) != len(theirs[what]):
            return f"{what} differ in number: {len(ours[what])} of ours, {len(theirs[what])} of cargo's"
    lines.sort(key=lambda line: (line[1][0], line[1][1], line[0]))
    return "\n".join(f"only {side}: {text}" for side, (_, text) in lines[:most])


def _show(unit: dict) -> tuple[int, str]:
    profile, target = unit["profile"], unit["target"]
    settings = "/".join(str(value) for key, value in profile.items() if key != "name")
    switches = {key: value for key, value in target.items() if key not in ("name", "kind", "src_path")}
    text = (
        f"{unit['pkg_id'].rsplit('/', 1)[-1]} {unit['mode']} {target['kind']} {target['name']} {unit['platform']}"
        f" {unit['features']} {settings} {switches} {unit['dependencies']}"
    )
    return len(unit["dependencies"]), text
