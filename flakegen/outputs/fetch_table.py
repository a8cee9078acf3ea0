"""A FetchPlan as attributes of a crate, for the Nix that brings its source."""

from __future__ import annotations

from flakegen.plan.cargo_plan import FetchPlan


def fetch_table(fetch: FetchPlan) -> dict[str, object]:
    """Return what is known of where a crate is; what does not apply is not said."""
    said: dict[str, object] = {
        "sha256": fetch.sha256,
        "url": fetch.url,
        "git": fetch.git,
        "subfolder": fetch.subfolder,
        "vendored": fetch.vendored,
        "archive": fetch.archive,
    }
    return {name: value for name, value in said.items() if value}
