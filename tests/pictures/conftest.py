"""One browser for all tests of pictures."""

import pytest
from headless_browser import headless


@pytest.fixture(scope="session")
def page(chromium, tmp_path_factory):
    """The browser's one page."""
    with headless(chromium, tmp_path_factory.mktemp("browser")) as found:
        yield found


@pytest.fixture
def shown(page, tmp_path):
    """Opens a text as a page, and sees to it that it asks the network for nothing and has nothing to complain of."""

    def show(text: str, look: dict | None = None, name: str = "page.html"):
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        page.look(**(look or {}))
        page.requests.clear()
        page.complaints.clear()
        page.open(file.as_uri())
        return page

    yield show
    assert page.complaints == []
    assert [address for address in page.requests if not address.startswith("file:///")] == []
    assert len(page.requests) <= 2  # itself, and the script that a test brings
