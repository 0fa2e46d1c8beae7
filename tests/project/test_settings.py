"""Holds how `@aws` and a function's own file lie over settings."""

import pytest

from sandbox.errors import ProjectError
from sandbox.project.settings import as_json_keeps, overlay
from tests.project.conftest import Load


def test_as_json_keeps_no_infinite_number_at_any_depth() -> None:
    """A list and a map inside the settings lose theirs as well."""
    settings = {"env": ["a", float("inf")], "x": {"y": float("-inf"), "z": 1.5}}

    assert as_json_keeps(settings) == {"env": ["a", None], "x": {"y": None, "z": 1.5}}


def test_overlay_sets_no_prototype() -> None:
    """A setting of this name would set an object's prototype, and so is none."""
    assert overlay({"timeout": 5}, [["__proto__", "x"]]) == {"timeout": 5}


def test_overlay_joins_what_javascript_takes_for_true() -> None:
    """An empty object is a policy; what is false replaces the list."""
    defaults = {"layers": ["a"], "policies": ["b"]}

    assert overlay(defaults, [{"policies": {}}]) == {"layers": ["a"], "policies": [{}]}
    assert overlay(defaults, [{"layers": 0}]) == {"layers": 0, "policies": ["b"]}
    assert overlay(defaults, [["layers"]]) == defaults


@pytest.mark.parametrize("aws", ["[null]", "[{}]", '[{"runtime": null}]'])
@pytest.mark.parametrize("own_file", [False, True], ids=["manifest", "function"])
def test_an_entry_without_a_value_is_refused(
    load: Load, aws: str, *, own_file: bool
) -> None:
    """Architect stops at what only JSON and YAML can say: null for a setting."""
    manifest = (
        f'{{"app": "myapp", "events": ["a"], "aws": {"[]" if own_file else aws}}}'
    )
    files = {"arc.json": manifest}
    if own_file:
        files["src/events/a/arc.json"] = f'{{"aws": {aws}}}'

    with pytest.raises(ProjectError, match="@aws has an entry without a value"):
        load(files)
