"""What an update touches."""

import pytest

from sandbox.tables.update_targets import targets_of


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("SET a = :v", [("a",)]),
        ("set a = :v, #b.c[1].d = :w", [("a",), ("#b", "c", 1, "d")]),
        ("SET a = if_not_exists(b, :v), c = list_append(c, :w)", [("a",), ("c",)]),
        ("REMOVE a[0], b ADD c :v DELETE d :w", [("a", 0), ("b",), ("c",), ("d",)]),
        ("SET a = a + :v REMOVE b", [("a",), ("b",)]),
        ("REMOVE a[0", [("a",)]),
        ("REMOVE a[", [("a",)]),
        ("REMOVE", []),
    ],
)
def test_paths_are_found_in_each_section(
    text: str, targets: list[tuple[str | int, ...]]
) -> None:
    """What is only read is none of them."""
    assert [target.parts for target in targets_of(text)] == targets
