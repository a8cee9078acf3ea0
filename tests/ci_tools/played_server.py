"""A local HTTP server that plays a binary cache or a forge, and a way to run the programs as Nix would start them."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[2] / "flakegen/outputs/flake/runtime/tools"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, as it came in."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back, after `wait` seconds."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: float = 0


@dataclass(slots=True)
class Played:
    """The server while it runs; tests set what it answers."""

    answer: Callable[[Asked], Answer]
    url: str = ""
    asked: list[Asked] = field(default_factory=list)


@contextmanager
def playing(answer: Callable[[Asked], Answer]) -> Iterator[Played]:
    played = Played(answer)
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked = Asked(self.command, self.path, dict(self.headers.items()), body)
            with lock:
                played.asked.append(asked)
                said = played.answer(asked)
            time.sleep(said.wait)
            self.send_response(said.status)
            for name, value in said.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(said.body)))
            self.end_headers()
            self.wfile.write(said.body)

        do_POST = do_GET  # noqa: N815  # as http.server wants it

        def log_message(self, *_arguments: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_arguments: object) -> None:
            """Clients that give up are part of the play."""

    server = Server(("127.0.0.1", 0), Handler)
    played.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield played
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def run(
    tool: str,
    *arguments: str | Path,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    stdin: str = "",
) -> subprocess.CompletedProcess[str]:
    """Run a program with the options of bash that `writeShellApplication` sets."""
    command = ["bash", "-euo", "pipefail", str(SCRIPTS / f"{tool}.sh"), *map(str, arguments)]
    inherited = {name: value for name, value in os.environ.items() if not name.endswith(("_TOKEN", "_URL"))}
    done = subprocess.run(
        command,
        cwd=cwd,
        env=inherited | {"no_proxy": "*", "TMPDIR": str(cwd), **(env or {})},
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "unbound variable" not in done.stderr
    assert "syntax error" not in done.stderr
    return done


def watched_programs(folder: Path, *names: str) -> dict[str, str]:
    """Put programs before the real ones on PATH that note their arguments and environment in `folder`/seen."""
    shims = folder / "shims"
    shims.mkdir()
    search = os.environ["PATH"]
    for name in names:
        found = next(place for part in search.split(":") if (place := Path(part, name)).exists())
        shim = shims / name
        shim.write_text(f'#!/bin/sh\nprintf \'%s\\n\' "$@" >> {folder}/seen\nexec {found} "$@"\n')
        shim.chmod(0o755)
    return {"PATH": f"{shims}:{search}"}
