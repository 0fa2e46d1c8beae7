"""Editing `@env` of a preferences file: what is written reads back, all else stays."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.errors import ManifestSyntaxError
from sandbox.project.dotenv_editing import UnwritableVariableError
from sandbox.project.preferences_editing import (
    remove_from_preferences,
    set_in_preferences,
)
from tests.project.conftest import Load

FULL = """# mine
@sandbox
ttl aws

@env
# the stage
testing
  A one two # why
  B "multi
line"
staging
  Z 1

# after
@create
autocreate true
"""


def set_a(text: str, value: str, stage: Any = "testing", name: str = "A") -> str:
    return set_in_preferences(text, stage, name, value, file="prefs.arc")


def remove(text: str, name: str, stage: Any = "testing") -> str:
    return remove_from_preferences(text, stage, name, file="prefs.arc")


@pytest.mark.parametrize(
    ("before", "value", "after"),
    [
        ("", "v", "@env\ntesting\n  A v\n"),
        ("# c\n", "v", "# c\n\n@env\ntesting\n  A v\n"),
        ("@sandbox\nttl aws", "v", "@sandbox\nttl aws\n\n@env\ntesting\n  A v\n"),
        ("@env\n", "v", "@env\ntesting\n  A v\n"),
        ("@env\n@x\n", "v", "@env\ntesting\n  A v\n@x\n"),
        ("@env\ntesting\n  B 1", "v", "@env\ntesting\n  B 1\n  A v\n"),
        ("@env\r\ntesting\r\n  A 1\r\n", "v", "@env\r\ntesting\r\n  A v\r\n"),
        ("@env\nstaging\n  A 1\n", "v", "@env\nstaging\n  A 1\ntesting\n  A v\n"),
        (FULL, "x y", FULL.replace("one two", '"x y"')),
        ("", "0123", '@env\ntesting\n  A "0123"\n'),
        ("", "true", "@env\ntesting\n  A true\n"),
        ("", 'say "it\'s"', '@env\ntesting\n  A `say "it\'s"`\n'),
        ("", "@x", '@env\ntesting\n  A "@x"\n'),
        ("", "", '@env\ntesting\n  A ""\n'),
    ],
)
def test_set_in_preferences(before: str, value: str, after: str) -> None:
    """In its place where it was set, else at the end of its stage."""
    assert set_a(before, value) == after


def test_set_in_preferences_passes_over_a_value_of_several_lines() -> None:
    """Such a value is replaced as a whole, and what is added comes after it."""
    assert set_a(FULL, "v", name="B") == FULL.replace('"multi\nline"', "v")
    assert set_a(FULL, "v", name="C") == FULL.replace('line"\n', 'line"\n  C v\n')


@pytest.mark.parametrize(
    ("before", "name", "after"),
    [
        (FULL, "A", FULL.replace("  A one two # why\n", "")),
        (FULL, "B", FULL.replace('  B "multi\nline"\n', "")),
        (FULL, "C", FULL),
        ("@env\ntesting\n  A 1\nstaging\n  B 2\n", "A", "@env\nstaging\n  B 2\n"),
        ("@x\ny\n@env\ntesting\n  A 1\n", "A", "@x\ny\n"),
        ("@env\ntesting\n  A 1\n", "A", "@env\n"),
        ("# c\n", "A", "# c\n"),
    ],
)
def test_remove_from_preferences(before: str, name: str, after: str) -> None:
    """With what is empty then, as a stage without variables is an error."""
    assert remove(before, name) == after


@pytest.mark.parametrize("value", ["'\"`", "ends with \\"])
def test_set_in_preferences_refuses_what_arc_cannot_hold(value: str) -> None:
    """An arc file has three quotes, and no way to escape any of them."""
    with pytest.raises(UnwritableVariableError, match='hold the value of "A"'):
        set_a("", value)


@pytest.mark.parametrize("before", ["@env\ntesting\n    A 1\n"])
def test_set_in_preferences_refuses_a_file_of_another_shape(before: str) -> None:
    """What it cannot edit safely it leaves to the developer."""
    with pytest.raises(UnwritableVariableError, match="by hand"):
        set_a(before, "v")


def test_set_in_preferences_shows_where_the_file_is_broken() -> None:
    """As everywhere, with line and caret."""
    with pytest.raises(ManifestSyntaxError, match=r"prefs.arc:2:1"):
        set_a("@env\n'", "v")


@given(value=st.text(max_size=12))
def test_set_in_preferences_never_writes_another_value(value: str) -> None:
    """Either it is read back as it was given, or it is refused."""
    try:
        after = set_a("@env\ntesting\n  B 1\n", value)
    except UnwritableVariableError:
        return

    assert set_a(after, "v") == "@env\ntesting\n  B 1\n  A v\n"


def test_functions_see_what_was_set(load: Load) -> None:
    """The project reads the edited file as any other."""
    text = set_a(set_a("", "it's 5", name="B"), "0123")

    project = load({"app.arc": "@app\nmyapp\n", "prefs.arc": text})

    assert project.preferences.environment == {"testing": {"B": "it's 5", "A": "0123"}}
