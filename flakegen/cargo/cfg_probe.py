"""Asking rustc for the cfgs of a triple that the table of `platforms` does not have."""

from __future__ import annotations

import os
import subprocess

from flakegen.cargo.errors import PlatformError
from flakegen.cargo.platforms import ASKED_WITH, CfgSetKind, base_cfgs, parse_cfg_lines
from flakegen.cargo.workspace import Workspace


def _print_cfg(triple: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str] | None:
    line = ["rustc", "-", *ASKED_WITH, "--print=cfg", "--target", triple]
    try:
        return subprocess.run(  # noqa: S603 - a list, no shell
            line,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return None


def ensure_platform(workspace: Workspace, triple: str, kind: CfgSetKind) -> None:
    """Make a triple known to a workspace, by the table or else by the rustc on PATH.

    Raises:
        PlatformError: neither knows it.
    """
    try:
        base_cfgs(triple, kind)
    except PlatformError:
        environment = {name: value for name, value in os.environ.items() if name != "RUSTC_BOOTSTRAP"}
        if kind is CfgSetKind.UNSTABLE:
            environment["RUSTC_BOOTSTRAP"] = "1"
        done = _print_cfg(triple, environment)
        if done is None or done.returncode != 0:
            raise
        cfgs = parse_cfg_lines(done.stdout.splitlines())
        workspace.cache.setdefault("extra cfgs", {})[triple, kind] = cfgs
