"""The paths of one method in, their order in Architect's inventory out.

Architect sorts three times: deeper paths first; inside a depth by part; captures last.
Where a part has a dash or a dot, the second comparison contradicts itself: `/a-b` comes
before `/a/b` as a whole, and behind it part by part. What comes out then depends on how
Node sorts, and so that is done here, too.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cmp_to_key
from typing import NamedTuple, TypeAlias

from sandbox.manifest import javascript

_SHORT = 64
"""Node sorts lists below this length by binary insertion alone."""


class _Place(NamedTuple):
    """What decides where a route comes among those of its method."""

    depth: int
    capture: int
    """0 without, 1 for a trailing parameter, 2 for a trailing catch-all."""
    parts: tuple[str, ...]
    path: str


_Order: TypeAlias = Callable[[_Place, _Place], int]
"""Negative where the first comes first, as for JavaScript's `sort`."""


def paths_in_order(paths: Iterable[str]) -> list[str]:
    """Sort the paths of one method."""
    places = [_place(path) for path in paths]
    if len(places) < _SHORT:
        for order in (_by_depth, _by_part, _by_capture):
            places = insertion_sorted(places, order)
    else:  # Node merges here; this is the same where no part has a dash or a dot
        places.sort(key=cmp_to_key(_by_all))
    return [place.path for place in places]


def insertion_sorted(items: Sequence[_Place], order: _Order) -> list[_Place]:
    """Sort as V8 does a short list: a first run, and then each item where it goes.

    This asks for the same comparisons, so that it gives the same even for an `order`
    that contradicts itself.
    """
    length = _first_run(items, order)
    done = list(items[:length])
    if length > 1 and order(done[1], done[0]) < 0:
        done.reverse()
    for item in items[length:]:
        left, right = 0, len(done)
        while left < right:
            middle = (left + right) // 2
            if order(item, done[middle]) < 0:
                right = middle
            else:
                left = middle + 1
        done.insert(left, item)
    return done


def _first_run(items: Sequence[_Place], order: _Order) -> int:
    """Give how many items at the front descend, or do not."""
    length = min(len(items), 2)
    if length < 2:
        return length
    descends = order(items[1], items[0]) < 0
    while length < len(items):
        if (order(items[length], items[length - 1]) < 0) is not descends:
            break
        length += 1
    return length


def _place(path: str) -> _Place:
    parts = tuple(part for part in path.split("/") if part)
    last = parts[-1] if parts else ""
    capture = 2 if last == "*" else int(last.startswith(":"))
    return _Place(len(parts), capture, parts, path)


def _by_depth(left: _Place, right: _Place) -> int:
    return right.depth - left.depth


def _by_part(left: _Place, right: _Place) -> int:
    """Order two paths of one depth: static before parameter, then by code unit."""
    if left.depth != right.depth:
        return min(right.depth - left.depth, 0)
    if "/:" in left.path or "/:" in right.path:
        for ours, theirs in zip(left.parts, right.parts, strict=True):
            order = _compare_parts(ours, theirs)
            if order:
                return order
    return _by_code_unit(left.path, right.path)


def _by_capture(left: _Place, right: _Place) -> int:
    """Order captures behind others; between depths, only as far as they are asked."""
    if not left.depth and right.depth == 1 and right.capture:
        return -1
    if left.depth < right.depth:
        return 0
    if left.depth == right.depth and left.capture and right.capture:
        return left.capture - right.capture
    return 1 if left.capture else -bool(right.capture)


def _by_all(left: _Place, right: _Place) -> int:
    """Order by depth, then by capture, then by part."""
    for ours, theirs in zip(_rank(left), _rank(right), strict=True):
        if ours != theirs:
            return -1 if ours < theirs else 1
    return _by_part(left, right)


def _rank(place: _Place) -> tuple[int, int]:
    """Give depth and capture; the root comes between depth one's two kinds."""
    if place.depth == 0:
        return -1, 0
    return -place.depth, 2 * place.capture - (place.depth == 1 and not place.capture)


def _compare_parts(left: str, right: str) -> int:
    if left.startswith(":") or right.startswith(":"):
        return left.startswith(":") - right.startswith(":")
    return _by_code_unit(left, right)


def _by_code_unit(left: str, right: str) -> int:
    ours, theirs = javascript.code_units(left), javascript.code_units(right)
    return (ours > theirs) - (ours < theirs)
