"""Fixtures of the embed tests."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest


@pytest.fixture
def benchmark_seconds() -> Callable[[float], AbstractContextManager[None]]:
    """Fails when a block takes longer than some seconds of processor time."""

    @contextmanager
    def limit(seconds: float) -> Iterator[None]:
        begin = time.process_time()
        yield
        assert time.process_time() - begin < seconds

    return limit
