"""Parts of items."""

from typing import Any

import pytest

from sandbox.tables.projections import RealPath, project

ONE, TWO, THREE = {"N": "1"}, {"N": "2"}, {"N": "3"}
ITEM: dict[str, Any] = {
    "id": {"S": "x"},
    "list": {"L": [ONE, TWO, THREE]},
    "map": {"M": {"a": ONE, "deep": {"L": [{"M": {"b": TWO, "c": THREE}}]}}},
}


@pytest.mark.parametrize(
    ("paths", "part"),
    [
        ([("id",)], {"id": {"S": "x"}}),
        ([("list", 2), ("list", 0)], {"list": {"L": [ONE, THREE]}}),
        ([("map", "a")], {"map": {"M": {"a": ONE}}}),
        (
            [("map", "a"), ("map", "deep", 0, "c")],
            {"map": {"M": {"a": ONE, "deep": {"L": [{"M": {"c": THREE}}]}}}},
        ),
        ([("none",), ("list", 9), ("map", "x"), ("id", "x"), ("list", "x")], {}),
        ([("map", 0), ("id", 0)], {}),
    ],
)
def test_a_projection_gives_what_paths_lead_to(
    paths: list[RealPath], part: dict[str, Any]
) -> None:
    """Elements of a list keep their order; what leads nowhere is left out."""
    assert project(ITEM, paths) == part
