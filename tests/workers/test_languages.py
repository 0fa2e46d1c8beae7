"""Which file holds a handler, and which runtimes run here."""

from dataclasses import replace

import pytest

from sandbox.exchange import Unavailable
from sandbox.workers.languages import LANGUAGES, handler_file_of, language_of


@pytest.mark.parametrize(
    ("present", "taken"),
    [
        (["index.py"], "index.py"),
        (["index.py", "handler.py"], "handler.py"),
        (["index.py", "handler.py", "lambda.py"], "lambda.py"),
    ],
)
def test_handler_file_of_takes_the_first_that_is_there(app, present, taken):
    """As the disk has it now, whatever the project knew."""
    function = app.function("f", None)
    for name in present:
        app.write(f"src/http/get-f/{name}", "")

    assert handler_file_of(function, LANGUAGES["python"]).name == taken


def test_handler_file_of_takes_the_configured_one_last(app):
    """A Node function may name a file of its own."""
    function = app.function("f", None, runtime="nodejs20.x")
    file = app.write("src/http/get-f/main.mjs", "")

    found = handler_file_of(replace(function, handler_file=file), LANGUAGES["nodejs"])

    assert found == file


def test_language_of_says_what_runs_here(app):
    """An unknown runtime names those that are known."""
    outcome = language_of(app.function("f", None, runtime="ruby3.3"))

    assert isinstance(outcome, Unavailable)
    assert "Python and Node.js" in outcome.remedy


def test_language_of_knows_that_a_plugin_brings_a_runtime(app):
    """Lambda has no such name, so that only a plugin can make code of it."""
    outcome = language_of(app.function("f", None, runtime="typescript"))

    assert isinstance(outcome, Unavailable)
    assert "plugin" in outcome.remedy
    assert "Python and Node.js" in outcome.remedy


@pytest.mark.parametrize("pragma", ["events", "http"])
def test_handler_file_of_calls_a_function_as_the_manifest_does(app, pragma):
    """A route by its method and path, which are enough; others with their pragma."""
    function = replace(app.function("f", None), pragma=pragma, name="f")

    outcome = handler_file_of(function, LANGUAGES["python"])

    assert isinstance(outcome, Unavailable)
    named = '@events "f"' if pragma == "events" else '"f"'
    assert outcome.message.startswith(f"{named} has no handler")


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_every_bootstrap_is_there(language):
    """The package holds what the table names."""
    assert language.bootstrap is None or language.bootstrap.is_file()


def test_handler_file_of_knows_typescript_by_sight(app):
    """What is there is named, and that it must be compiled."""
    function = app.function("f", None, runtime="nodejs20.x")
    app.write("src/http/get-f/index.ts", "")

    outcome = handler_file_of(function, LANGUAGES["nodejs"])

    assert isinstance(outcome, Unavailable)
    assert "index.ts" in outcome.message
    assert "compile" in outcome.remedy
