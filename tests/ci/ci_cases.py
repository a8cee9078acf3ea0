"""The specs of these tests, compiled, and their CI files as an independent parser reads them."""

from pathlib import Path
from typing import Any

import yaml

from flakegen.pipeline.project import Project

HERE = Path(__file__).parent
REPOSITORY = HERE.parent.parent


class Unique(yaml.SafeLoader):
    """PyYAML's safe loader; a key that stands twice is an error, as it is for both CI systems."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        keys = [self.construct_object(key) for key, _ in node.value]
        assert len(set(keys)) == len(keys), keys
        return super().construct_mapping(node, deep)


def parsed(text: str) -> Any:
    assert "&" not in [token.__class__.__name__ for token in yaml.scan(text)]
    assert not any(isinstance(token, yaml.AnchorToken | yaml.AliasToken) for token in yaml.scan(text))
    return yaml.load(text, Unique)  # noqa: S506  # a safe loader


def ci_files(name: str, folder: Path) -> dict[str, str]:
    """Return the files of the CIs of a spec of these tests, which is put into a project of its own."""
    spec = folder / "specs" / f"{name}.toml"
    spec.parent.mkdir(parents=True)
    spec.write_bytes((HERE / "specs" / f"{name}.toml").read_bytes())
    outputs = Project(f"specs/{name}.toml").outputs
    return {path[3:-4]: text for path, text in outputs.items() if path.startswith("ci/")}


def tasks(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return all tasks below the steps of a Concourse job, in order."""
    found = []
    for step in steps:
        if "task" in step:
            found.append(step)
        elif "do" in step:
            found += tasks(step["do"])
        elif "in_parallel" in step:
            found += tasks(step["in_parallel"]["steps"])
    return found
