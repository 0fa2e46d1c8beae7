"""Holds the order of routes to that of `@architect/inventory` 6.1.0 under Node 20."""

import pytest

from sandbox.project.route_order import paths_in_order


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        ([], []),
        (["/a"], ["/a"]),
        (["/:x", "/", "/a"], ["/a", "/", "/:x"]),
        (["/a/*", "/a", "/a/:x", "/b/c"], ["/b/c", "/a/:x", "/a/*", "/a"]),
        (["/:x/a", "/b/a", "/a/:x", "/a/b"], ["/a/b", "/b/a", "/:x/a", "/a/:x"]),
        (["/a.b/a", "/a/:x", "/a/a-b"], ["/a/a-b", "/a.b/a", "/a/:x"]),
        (
            ["/a/b", "/:x/a-b", "/a/:x", "/a-b/a.b"],
            ["/a/b", "/a-b/a.b", "/:x/a-b", "/a/:x"],
        ),
        (["/a/*", "/a-b/*"], ["/a-b/*", "/a/*"]),
        (
            ["/a-b", "/a-b/b", "/", "/a/:x", "/a/b"],
            ["/a/b", "/a-b/b", "/a/:x", "/a-b", "/"],
        ),
    ],
)
def test_paths_in_order_compares_as_node_does(
    paths: list[str], expected: list[str]
) -> None:
    """Even where a dash or a dot makes two comparisons contradict each other."""
    assert paths_in_order(paths) == expected


def test_paths_in_order_sorts_many_as_it_sorts_few() -> None:
    """A hundred paths without dashes come in the order of each dozen of them."""
    names = ("c", "a", "b", "d", "f", "e", ":id")
    short = [f"/{first}/{second}" for first in names for second in (*names, "*")]
    many = paths_in_order([*short, *(f"{p}/x" for p in short if "*" not in p)])

    assert len(many) > 100
    for start in range(0, len(many), 12):
        few = many[start : start + 12]
        assert paths_in_order(reversed(few)) == few
