"""Comparing unit graphs: cargo's own, printed under RUSTC_BOOTSTRAP=1, and ours, as graphs and not as lists."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections import Counter
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


def in_order(graph: dict) -> dict:
    """The same document, all of it, with units, edges and roots sorted and renumbered; nothing else is changed.

    A unit's place is that of the hash of all it says, dependencies included, so that equal documents become equal.
    Two units may say the same (cargo prints `check` for a test harness, too): then it counts who has them.
    """
    units = graph["units"]
    digests = _digests(units)
    users: list[list[str]] = [["root"] if index in graph["roots"] else [] for index in range(len(units))]
    for index, unit in enumerate(units):
        for edge in unit["dependencies"]:
            users[edge["index"]].append(digests[index])
    order = sorted(range(len(units)), key=lambda index: (digests[index], sorted(users[index])))
    place = {old: new for new, old in enumerate(order)}

    def edges(unit: dict) -> list[dict]:
        moved = [{**edge, "index": place[edge["index"]]} for edge in unit["dependencies"]]
        return sorted(moved, key=lambda edge: json.dumps(edge, sort_keys=True))

    sorted_units = [{**units[old], "dependencies": edges(units[old])} for old in order]
    return {**graph, "units": sorted_units, "roots": sorted(place[root] for root in graph["roots"])}


def _digests(units: list[dict]) -> list[str]:
    """A hash of each unit, in which dependencies count with their own hashes instead of their numbers."""
    found: dict[int, str] = {}
    for start in range(len(units)):
        stack = [start]
        while stack:
            unit = units[stack[-1]]
            missing = [edge["index"] for edge in unit["dependencies"] if edge["index"] not in found]
            if missing:
                stack += missing
                continue
            edges = sorted(
                json.dumps({**edge, "index": found[edge["index"]]}, sort_keys=True)
                for edge in unit["dependencies"]
            )
            text = json.dumps({**unit, "dependencies": edges}, sort_keys=True)
            found[stack.pop()] = hashlib.sha256(text.encode()).hexdigest()
    return [found[index] for index in range(len(units))]


def differences(ours: dict, theirs: dict, most: int = 6) -> str:
    """Empty if the documents are equal but for their order; else a short text, causes before their consequences."""
    if in_order(ours) == in_order(theirs):
        return ""
    our_lines, their_lines = _lines(ours), _lines(theirs)
    lines = [(*line, "ours") for line in (our_lines - their_lines).elements()]
    lines += [(*line, "cargo") for line in (their_lines - our_lines).elements()]
    shown = "\n".join(f"only {side}: {text}" for _, text, side in sorted(lines)[:most])
    others = {key for key in {*ours, *theirs} - {"units", "roots"} if ours.get(key) != theirs.get(key)}
    return shown or f"they differ in the order of equal units, or in {sorted(others)}"


def _lines(graph: dict) -> Counter[tuple[int, str]]:
    digests, roots = _digests(graph["units"]), set(graph["roots"])
    return Counter(_show(unit, digests, is_root=index in roots) for index, unit in enumerate(graph["units"]))


def _show(unit: dict, digests: list[str], *, is_root: bool) -> tuple[int, str]:
    profile, target = unit["profile"], unit["target"]
    settings = "/".join(str(value) for key, value in profile.items() if key != "name")
    switches = {key: value for key, value in target.items() if key not in ("name", "kind", "src_path")}
    edges = sorted((edge["extern_crate_name"], digests[edge["index"]][:6]) for edge in unit["dependencies"])
    text = (
        f"{unit['pkg_id'].rsplit('/', 1)[-1]} {unit['mode']} {target['kind']} {target['name']} {unit['platform']}"
        f" {unit['features']} {settings} {switches} {edges}{' root' if is_root else ''}"
    )
    return len(edges), text
