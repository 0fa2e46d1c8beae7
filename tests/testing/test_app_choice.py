"""Which app a test runs against."""

from pathlib import Path
from typing import Any

import pytest

from sandbox.errors import AppError
from sandbox.testing import AppChoice, choose_app, mark_keywords


def make_app(folder: Path) -> Path:
    """Write a manifest into a new folder."""
    folder.mkdir(parents=True)
    (folder / "app.arc").write_text("@app\nchosen\n\n@http\nget /\n")
    return folder


def test_the_root_directory_is_the_app(tmp_path: Path) -> None:
    """Nothing has to be configured in an app's own repository."""
    root = make_app(tmp_path / "app")

    assert choose_app([], rootdir=root, configured="") == AppChoice(root=root)


def test_nearer_marks_win_and_variables_add_up(tmp_path: Path) -> None:
    """The mark of a test goes over that of its module and the configuration."""
    make_app(tmp_path / "a")
    b = make_app(tmp_path / "b")
    marks: list[dict[str, Any]] = [
        {"app": "a", "env": {"X": "1", "Y": "1"}, "persist": True},
        {"app": "b/app.arc", "env": {"Y": "2"}},
    ]

    assert choose_app(marks, rootdir=tmp_path, configured="c") == AppChoice(
        root=b, environment=(("X", "1"), ("Y", "2")), persist=True
    )


def test_a_mark_takes_its_arguments_as_a_function_does(tmp_path: Path) -> None:
    """By place and by name; its defaults may be written out."""
    a = make_app(tmp_path / "a")
    marks = [mark_keywords(["a", {"X": "1"}], {"persist": True})]
    marks.append(mark_keywords([], {"app": None, "env": None}))

    assert choose_app(marks, rootdir=tmp_path, configured="c") == AppChoice(
        root=a, environment=(("X", "1"),), persist=True
    )


@pytest.mark.parametrize(
    ("marks", "configured", "told"),
    [
        ([], "", "There is no Architect app in"),
        ([], "nope", '"nope" is not a folder'),
        ([{"apps": "x"}], "", 'The mark arc has no argument "apps".'),
        ([{"env": {"X": 1}}], "", 'sets the variable "X" to 1. Variables are strings'),
        ([{"env": {"ARC_ENV": "x"}}], "", 'sets "ARC_ENV", which is a variable of'),
        ([{"env": ["A=1"]}], "", "has the variables ['A=1']. Give them by name"),
        ([{"env": {1: "x", "a": "b"}}], "", "a variable with the name 1. A name is"),
        ([{"env": {"": "x"}}], "", "a variable with the name ''. A name is"),
        ([{"env": {"A=B": "x"}}], "", "a variable with the name 'A=B'. A name is"),
        ([{"env": {"A\0": "x"}}], "", r"a variable with the name 'A\x00'. A name is"),
        ([{"env": {"\ud800": "x"}}], "", r"with the name '\ud800'. A name is"),
        ([{"env": {"X": "a\0"}}], "", r"""variable "X" to 'a\x00'. No process can"""),
        ([{"env": {"X": "\ud800"}}], "", r"""variable "X" to '\ud800'. No process"""),
        ([{"app": "a\0b"}], "", '"a\0b" is not a folder'),
        ([{"app": "a" * 5000}], "", 'a" is not a folder'),
        ([{"app": 5}], "", "names the app 5. Name its folder"),
        ([{"persist": "no"}], "", "The mark arc has persist='no'. Write True"),
        ([{"persist": []}], "", "The mark arc has persist=[]. Write True"),
        ([mark_keywords(["a", None, False, 1], {})], "", 'no argument "#3"'),
    ],
)
def test_what_cannot_be_is_told(
    tmp_path: Path, marks: list[dict[str, Any]], configured: str, told: str
) -> None:
    """Each message has the value in quotes and what to do."""
    with pytest.raises(AppError) as caught:
        choose_app(marks, rootdir=tmp_path, configured=configured)

    assert told in str(caught.value)
    assert caught.value.remedy


def test_a_mark_may_leave_out_what_it_names(tmp_path: Path) -> None:
    """None says nothing, so that the mark further away holds."""
    a = make_app(tmp_path / "a")
    marks = [
        {"app": "a", "env": {"X": "1"}, "persist": True},
        {"app": None, "env": None, "persist": None},
    ]

    assert choose_app(marks, rootdir=tmp_path, configured="") == AppChoice(
        root=a, environment=(("X", "1"),), persist=True
    )


def test_a_call_goes_before_the_marks(tmp_path: Path) -> None:
    """Its folder is taken, and its variables stand beside theirs."""
    a = make_app(tmp_path / "a")
    marks = [{"app": "b", "env": {"X": "1", "Y": "1"}}]

    assert choose_app(
        marks, call={"app": "a", "env": {"Y": "2"}}, rootdir=tmp_path, configured=""
    ) == AppChoice(root=a, environment=(("X", "1"), ("Y", "2")))


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ({"app": 5}, "The call names the app 5."),
        ({"env": ["A=1"]}, "The call has the variables ['A=1']."),
        ({"env": {"A=B": "x"}}, "The call sets a variable with the name 'A=B'."),
        ({"env": {"X": 1}}, 'The call sets the variable "X" to 1.'),
        ({"env": {"X": "a\0"}}, r"""The call sets the variable "X" to 'a\x00'."""),
        ({"env": {"ARC_ENV": "x"}}, 'The call sets "ARC_ENV", which is'),
    ],
)
def test_what_a_call_says_wrong_is_told_of_it(
    tmp_path: Path, call: dict[str, Any], told: str
) -> None:
    """Whoever has set no mark is not sent to look for one."""
    with pytest.raises(AppError) as caught:
        choose_app([], call=call, rootdir=tmp_path, configured="")

    assert told in str(caught.value)
    assert caught.value.remedy


def test_links_that_lead_in_a_circle_are_no_folder(tmp_path: Path) -> None:
    """As a path that is not there."""
    (tmp_path / "a").symlink_to(tmp_path / "a")

    with pytest.raises(AppError, match='"a" is not a folder'):
        choose_app([{"app": "a"}], rootdir=tmp_path, configured="")
