"""Feature maps of a workspace's packages, computed once."""

from __future__ import annotations

from flakegen.cargo.feature_map import FeatureMap, feature_map
from flakegen.cargo.workspace import Workspace


def known_features(workspace: Workspace, index: int) -> FeatureMap:
    """The feature map of a package."""
    cache: dict[int, FeatureMap] = workspace.cache.setdefault("feature maps", {})
    found = cache.get(index)
    if found is None:
        found = cache[index] = feature_map(workspace.packages[index])
    return found
