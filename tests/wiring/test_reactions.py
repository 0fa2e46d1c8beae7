"""A save loads the functions that it concerns, and says how that went."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sandbox.exchange import Crashed, Execution, Outcome, Raised
from sandbox.notice import Notice
from sandbox.project.model import Function, Project
from sandbox.watch.changes import Reaction
from sandbox.wiring.reactions import WARMED_AT_ONCE, functions_to_load, load
from tests.exchanges import FUNCTION

BROKEN = Raised(
    error_type="SyntaxError", message="x", trace="SyntaxError: x\n", remedy="Mend it."
)


def functions(count: int) -> tuple[Function, ...]:
    return tuple(replace(FUNCTION, name=f"get /{number}") for number in range(count))


def project(now: tuple[Function, ...]) -> Project:
    return Project(root=Path("/app"), name="demo", manifest_file=None, functions=now)


def chosen(
    now: tuple[Function, ...],
    *,
    broken: Iterable[int] = (),
    outdated: Iterable[int] = (),
    **reaction: Any,
) -> list[str]:
    """Give the names of what a save has loaded; `broken` and `outdated` are places."""
    found = functions_to_load(
        Reaction(**reaction),
        project(now),
        broken=[FUNCTIONS[number].key for number in broken],
        outdated=[FUNCTIONS[number].key for number in outdated],
    )
    return [function.name for function in found]


FUNCTIONS = functions(9)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (None, [("detail", "get / is warm with its new code.")]),
        (BROKEN, [("error", "get / does not load.\nSyntaxError: x\nMend it.")]),
        (
            replace(BROKEN, trace=""),
            [("error", "get / does not load.\nSyntaxError: x\nMend it.")],
        ),
        (Crashed(exit_code=1), []),
    ],
)
def test_load_says_how_it_went(
    outcome: Outcome | None, expected: list[tuple[str, str]]
) -> None:
    """A module that does not load is an error at once; the rest shows at a request."""
    said: list[Notice] = []
    failed = None if outcome is None else Execution(outcome=outcome)

    loaded = load([FUNCTION], warm=lambda function: failed, say=said.append)

    assert loaded == ((FUNCTION, failed),)
    assert [(notice.level, notice.text) for notice in said] == expected


def test_functions_of_one_name_are_told_apart() -> None:
    """Of an event and a queue of one name, the one that was edited is loaded."""
    queue, event = (
        replace(FUNCTION, name="ping", pragma=pragma) for pragma in ("queues", "events")
    )

    found = functions_to_load(
        Reaction(functions=(event,)), project((queue, event)), broken=(), outdated=()
    )

    assert found == (event,)


def test_only_what_is_still_there_is_loaded() -> None:
    """A function that the manifest has dropped meanwhile is left alone."""
    names = chosen(
        FUNCTIONS[2:5],
        functions=FUNCTIONS[:3],
        sharing=FUNCTIONS[1:4],
        broken=[0, 8],
        outdated=[1, 4],
    )

    assert names == ["get /2", "get /4", "get /3"]


def test_a_few_are_loaded_at_once() -> None:
    """A save of shared code concerns all functions; requests load the others."""
    assert len(chosen(FUNCTIONS, functions=FUNCTIONS)) == WARMED_AT_ONCE
    assert len(chosen(FUNCTIONS, sharing=FUNCTIONS)) == WARMED_AT_ONCE


def test_those_that_have_loaded_what_was_saved_go_first() -> None:
    """The page that a developer looks at may be the last in the manifest."""
    names = chosen(FUNCTIONS, sharing=FUNCTIONS, outdated=[8, 7])

    assert names == ["get /8", "get /7", "get /0", "get /1"]


def test_edited_functions_go_before_any_other() -> None:
    """Whatever else was saved with them."""
    names = chosen(
        FUNCTIONS,
        functions=FUNCTIONS[7:],
        sharing=FUNCTIONS[:7],
        broken=[5],
        outdated=[6, 4, 3],
    )

    assert names == ["get /7", "get /8", "get /5", "get /6"]


def test_every_broken_function_is_loaded_again() -> None:
    """However many there are, and wherever the code is that mends them."""
    names = chosen(FUNCTIONS, other_code=True, broken=range(6), outdated=[7])

    assert names == [f"get /{number}" for number in range(6)]


def test_code_outside_every_function_concerns_those_that_have_loaded_it() -> None:
    """A module beside the functions' folders."""
    assert chosen(FUNCTIONS, other_code=True, outdated=[3]) == ["get /3"]


@pytest.mark.parametrize("assets", [(), (Path("/app/public/a.css"),)])
def test_what_is_no_code_loads_nothing(assets: tuple[Path, ...]) -> None:
    """It cannot mend a function either."""
    assert chosen(FUNCTIONS, assets=assets, broken=[1], outdated=[2]) == []
