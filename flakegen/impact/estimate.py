"""How long what is rebuilt takes, as a part of the whole."""

from __future__ import annotations

from flakegen.graph.cost import critical_path
from flakegen.impact.change import Impact


class Estimate:
    """Seconds of one core.

    Attributes:
        whole: of all units.
        rebuilt: of those that are rebuilt.
        longest: of the longest chain of these.
    """

    def __init__(self, impact: Impact) -> None:
        """Sum up what the plan says of each unit."""
        units = impact.graph.units
        rebuilt = {unit: units[unit].seconds for unit in impact.rebuilt}
        self.whole = sum(unit.seconds for unit in units.values())
        self.rebuilt = sum(rebuilt.values())
        self.longest = critical_path(rebuilt, {unit: units[unit].needs for unit in rebuilt})
