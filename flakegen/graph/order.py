"""Orders of a graph without circles: what is needed comes first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping


def needed_first(roots: Iterable[str], needs: Callable[[str], Iterable[str]]) -> Iterator[str]:
    """Yield all that roots need, and themselves, each after what it needs; with a stack of its own, as graphs are deep."""
    done: set[str] = set()
    for root in roots:
        stack = [(root, iter(needs(root)))] if root not in done else []
        done.add(root)
        while stack:
            key, waiting = stack[-1]
            following = next((other for other in waiting if other not in done), None)
            if following is None:
                stack.pop()
                yield key
            else:
                done.add(following)
                stack.append((following, iter(needs(following))))


def by_generation(needs: Mapping[str, Collection[str]]) -> list[str]:
    """Order by the length of the longest chain below each, then by name; what is not in ``needs`` does not count."""
    depth: dict[str, int] = {}
    for key in needed_first(sorted(needs), lambda name: [each for each in needs[name] if each in needs]):
        depth[key] = 1 + max((depth[each] for each in needs[key] if each in depth), default=-1)
    return sorted(depth, key=lambda key: (depth[key], key))
