"""The text of a first handler; that it runs is tested end to end."""

from pathlib import Path

import pytest

from sandbox.project.model import Function, FunctionConfig
from sandbox.scaffold.handlers import KNOWN_LANGUAGES, handler_text


def text_of(
    name: str,
    *,
    pragma: str = "http",
    runtime: str = "nodejs22.x",
    file: str = "index.mjs",
    method: str = "handler",
    is_module: bool = False,
) -> str:
    function = Function(
        name=name,
        pragma=pragma,
        folder=Path("/app/src"),
        handler_file=Path("/app/src") / file,
        handler_method=method,
        config=FunctionConfig(runtime=runtime),
    )
    return handler_text(function, is_module=lambda _: is_module)


@pytest.mark.parametrize(
    ("file", "is_module", "head"),
    [
        ("index.mjs", False, "export async function handler (event)"),
        ("index.js", True, "export async function handler (event)"),
        ("index.js", False, "exports.handler = async function (event)"),
        ("index.cjs", True, "exports.handler = async function (event)"),
    ],
)
def test_handler_text_exports_as_its_file_does(
    *, file: str, is_module: bool, head: str
) -> None:
    """ES module or CommonJS, as Node will take it."""
    assert head in text_of("post /", file=file, is_module=is_module)


def test_handler_text_has_the_name_that_the_function_is_called_by() -> None:
    """`@aws handler` may name another."""
    python = text_of("post /", runtime="python3.12", file="main.py", method="run")

    assert "def run(event, context):" in python
    assert "exports.run = async function" in text_of("a", file="a.cjs", method="run")


@pytest.mark.parametrize("language", ["python3.12", "nodejs22.x"])
@pytest.mark.parametrize(
    ("name", "pragma", "marks"),
    [
        ("get /", "http", ("<!doctype html>",)),
        ("any /x", "http", ("<!doctype html>",)),
        ("post /x/:id", "http", ("post /x/:id", "application/json")),
        ("mail", "events", ("Records",)),
        ("jobs", "queues", ("Records",)),
        ("people", "tables-streams", ("Records",)),
        ("daily", "scheduled", ("event",)),
        ("connect", "ws", ("statusCode",)),
    ],
)
def test_handler_text_does_what_its_pragma_asks(
    language: str, name: str, pragma: str, marks: tuple[str, ...]
) -> None:
    """A page, an answer, or what an event brings."""
    text = text_of(name, pragma=pragma, runtime=language)

    assert all(mark in text for mark in marks)
    assert f"@{pragma} {name}" in text


def test_handler_text_knows_two_languages() -> None:
    """For others nothing is guessed."""
    assert sorted(KNOWN_LANGUAGES) == ["nodejs", "python"]
    with pytest.raises(KeyError):
        text_of("get /", runtime="ruby3.3")
