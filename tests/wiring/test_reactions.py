"""A save loads what was edited, and says how that went."""

from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.exchange import Crashed, Execution, Outcome, Raised
from sandbox.notice import Notice
from sandbox.project.model import Function, Project
from sandbox.watch.changes import Reaction
from sandbox.wiring.reactions import WARMED_AT_ONCE, warm_edited
from tests.exchanges import FUNCTION

BROKEN = Raised(
    error_type="SyntaxError", message="x", trace="SyntaxError: x\n", remedy="Mend it."
)


def functions(count: int) -> tuple[Function, ...]:
    return tuple(replace(FUNCTION, name=f"get /{number}") for number in range(count))


def warm(
    edited: tuple[Function, ...], now: tuple[Function, ...], outcome: Outcome | None
) -> tuple[list[str], list[Notice]]:
    """React to an edit; give the functions that were loaded, and what was said."""
    loaded: list[str] = []
    said: list[Notice] = []

    def load(function: Function) -> Execution | None:
        loaded.append(function.name)
        return None if outcome is None else Execution(outcome=outcome)

    project = Project(root=Path("/app"), name="demo", manifest_file=None, functions=now)
    warm_edited(Reaction(functions=edited), project, warm=load, say=said.append)
    return loaded, said


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (None, [("detail", "get /0 is warm with its new code.")]),
        (BROKEN, [("error", "get /0 does not load.\nSyntaxError: x\nMend it.")]),
        (Crashed(exit_code=1), []),
    ],
)
def test_warm_edited_says_how_it_went(
    outcome: Outcome | None, expected: list[tuple[str, str]]
) -> None:
    """A module that does not load is an error at once; the rest shows at a request."""
    one = functions(1)

    _, said = warm(one, one, outcome)

    assert [(notice.level, notice.text) for notice in said] == expected


def test_warm_edited_tells_functions_of_one_name_apart() -> None:
    """Of an event and a queue of one name, the one that was edited is loaded."""
    queue, event = (
        replace(FUNCTION, name="ping", pragma=pragma) for pragma in ("queues", "events")
    )
    project = Project(
        root=Path("/app"), name="demo", manifest_file=None, functions=(queue, event)
    )
    loaded = warm_edited(
        Reaction(functions=(event,)),
        project,
        warm=lambda function: None,
        say=lambda notice: None,
    )

    assert loaded == ((event, None),)


def test_warm_edited_loads_what_is_still_there() -> None:
    """An edited function that the manifest has dropped meanwhile is left alone."""
    loaded, _ = warm(functions(3), functions(2), None)

    assert loaded == ["get /0", "get /1"]


def test_warm_edited_loads_a_few_at_once() -> None:
    """A save of shared code concerns all functions; requests load the others."""
    many = functions(WARMED_AT_ONCE + 3)

    loaded, _ = warm(many, many, None)

    assert len(loaded) == WARMED_AT_ONCE
