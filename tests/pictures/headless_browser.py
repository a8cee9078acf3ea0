"""A real browser without a window: Chromium, told what to do through a pipe (the DevTools protocol, one JSON a message)."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import select
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_FLAGS = (
    "--remote-debugging-pipe",
    "--no-sandbox",  # which containers and root cannot have; only our own pages are opened
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--force-device-scale-factor=1",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)
_PATIENCE = 60  # seconds
_KEYS = {
    "Enter": 13,
    "Escape": 27,
    "ArrowDown": 40,
    "ArrowUp": 38,
    "ArrowLeft": 37,
    "ArrowRight": 39,
    "Tab": 9,
}


class BrowserError(AssertionError):
    """The browser, or a script in the page, says that something is wrong."""


@dataclass(slots=True, kw_only=True)
class Page:
    """One page. ``complaints`` are the console's errors and warnings; ``requests`` all addresses that were asked for."""

    process: subprocess.Popen[bytes]
    into: int
    out: int
    session: str = ""
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    _count: int = 0
    _waiting: bytes = b""
    _events: list[dict[str, Any]] = field(default_factory=list)

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method of the protocol, and return its result."""
        self._count += 1
        message = {"id": self._count, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.into, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._read()
            if answer.get("id") == self._count:
                if "error" in answer:
                    raise BrowserError(f"{method}: {answer['error']}")
                return answer["result"]
            self._note(answer)

    def wait_for(self, event: str) -> None:
        """Wait for an event of the protocol."""
        while not any(each.get("method") == event for each in self._events):
            self._note(self._read())

    def open(self, address: str) -> None:
        """Load a page, until its `load` event has been handled."""
        self._events.clear()
        self.call("Page.navigate", url=address)
        self.wait_for("Page.loadEventFired")

    def js(self, expression: str) -> Any:
        """Return the value of an expression in the page, as JSON can say it."""
        result = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True, userGesture=True
        )
        if "exceptionDetails" in result:
            raise BrowserError(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def click(self, selector: str) -> None:
        """Click where the (first) element of a selector is, with the mouse."""
        place = self.js(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)}); e.scrollIntoView({{block:'center',inline:'center'}});"
            " const r = e.getBoundingClientRect(); const x = r.left + Math.min(r.width / 2, 30), y = r.top + r.height / 2;"
            " const on = document.elementFromPoint(x, y); return {x, y, hit: e.contains(on) || on?.contains(e) ||"
            " e.closest('label')?.contains(on)}; })()"
        )
        if not place["hit"]:
            raise BrowserError(f"something lies over {selector}")
        for kind in ("mousePressed", "mouseReleased"):
            self.call(
                "Input.dispatchMouseEvent", type=kind, x=place["x"], y=place["y"], button="left", clickCount=1
            )

    def type(self, text: str) -> None:
        """Type a text into what has the focus."""
        for character in text:
            self.call("Input.dispatchKeyEvent", type="keyDown", text=character, key=character)
            self.call("Input.dispatchKeyEvent", type="keyUp", key=character)

    def press(self, key: str) -> None:
        """Press a key that types nothing."""
        code = {"key": key, "code": key, "windowsVirtualKeyCode": _KEYS[key]}
        text = {"text": "\r"} if key == "Enter" else {}
        self.call("Input.dispatchKeyEvent", type="keyDown", **code, **text)
        self.call("Input.dispatchKeyEvent", type="keyUp", **code)

    def screenshot(self, path: Path) -> None:
        """Write what is seen as a PNG file."""
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot")["data"]))

    def look(self, *, scheme: str = "light", width: int = 1500, height: int = 900) -> None:
        """Set the colour scheme that the user is said to like, and the size of the window."""
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._waiting:
            if not select.select([self.out], [], [], _PATIENCE)[0]:
                raise BrowserError("the browser does not answer")
            more = os.read(self.out, 1 << 20)
            if not more:
                raise BrowserError("the browser has gone")
            self._waiting += more
        message, _, self._waiting = self._waiting.partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        return found

    def _note(self, event: Mapping[str, Any]) -> None:
        self._events.append(dict(event))
        parameters = event.get("params", {})
        match event.get("method"):
            case "Network.requestWillBeSent":
                self.requests.append(parameters["request"]["url"])
            case "Runtime.exceptionThrown":
                self.complaints.append(str(parameters["exceptionDetails"]))
            case "Runtime.consoleAPICalled" if parameters["type"] in {"error", "warning", "assert"}:
                self.complaints.append(str(parameters["args"]))
            case "Log.entryAdded" if parameters["entry"]["level"] in {"error", "warning"}:
                self.complaints.append(str(parameters["entry"]))


@contextlib.contextmanager
def headless(program: Path, home: Path) -> Iterator[Page]:
    """Start the browser with a profile of its own, and give its one page."""
    (told, into), (out, telling) = os.pipe(), os.pipe()
    home.mkdir(parents=True, exist_ok=True)
    # The browser reads from file 3 and writes to file 4.
    command = f'exec "$0" "$@" 3<&{told} 4>&{telling}'
    process = subprocess.Popen(
        ["bash", "-c", command, str(program), *_FLAGS, f"--user-data-dir={home}"],
        pass_fds=(told, telling),
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "HOME": str(home)},
    )
    os.close(told)
    os.close(telling)
    try:
        yield _first_page(Page(process=process, into=into, out=out))
    finally:
        process.kill()
        process.wait()
        os.close(into)
        os.close(out)


def _first_page(page: Page) -> Page:
    target = page.call("Target.createTarget", url="about:blank")["targetId"]
    page.session = page.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    for domain in ("Page", "Runtime", "Network", "Log"):
        page.call(f"{domain}.enable")
    page.look()
    return page
