"""A sign of life on a terminal for work that takes long; quick work is done before anything is loaded or shown."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.status import Status

_PATIENCE = 0.7  # seconds


@contextlib.contextmanager
def late_status(text: str) -> Iterator[None]:
    """Show ``text`` beside a spinner on standard error once the work inside takes longer than people wait."""
    shown: list[Status] = []

    def show() -> None:
        from rich.console import Console  # noqa: PLC0415  # takes as long as a small compilation

        shown.append(Console(stderr=True).status(text))
        shown[0].start()

    timer = threading.Timer(_PATIENCE, show)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        for status in shown:
            status.stop()
