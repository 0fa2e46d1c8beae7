"""Advice about a project: handlers, Python versions, reserved names."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sandbox.errors import SourceLocation
from sandbox.project.advice import Surroundings, advise, table_place
from sandbox.project.model import (
    FunctionConfig,
    Key,
    Preferences,
    Project,
    Table,
)
from tests.functions import function_of

HERE = SourceLocation(file="prefs.arc", line=1)


def project_with(**parts: Any) -> Project:
    return Project(
        root=Path("/app"), name="demo", manifest_file=Path("/app/app.arc"), **parts
    )


def test_advise_tells_once_of_runtimes_that_are_not_run() -> None:
    """However many functions have them; the first one stands for all."""
    facts = tuple((f'"get /{name}" is Ruby.', "Use Python.") for name in "abc")

    (advice,) = advise(project_with(), Surroundings(not_run=facts))

    assert advice.code == "runtime-not-run"
    assert advice.what == '"get /a" is Ruby. The same goes for 2 more.'


def test_advise_compares_the_python_versions() -> None:
    """One advice for each declared runtime that is not the one here."""
    functions = (
        function_of("get /", runtime="python3.9"),
        function_of("get /b", runtime="python3.9"),
        function_of("get /c", runtime="python3.11"),
        function_of("get /d", runtime="nodejs20.x"),
    )

    found = advise(
        project_with(functions=functions), Surroundings(python_version=(3, 11))
    )

    assert [advice.what for advice in found] == [
        '"get /" declares "python3.9", and Python 3.11 runs it here.'
    ]
    assert advise(project_with(functions=functions), Surroundings()) == ()


@pytest.mark.parametrize(
    ("stage", "name", "level"),
    [
        ("testing", "ARC_ENV", "warning"),
        ("production", "ARC_APP_NAME", "warning"),
        ("testing", "SESSION_TABLE_NAME", "warning"),
        ("testing", "AWS_REGION", "hint"),
        ("production", "AWS_REGION", "error"),
        ("staging", "_HANDLER", "error"),
        ("testing", "ARC_SESSION_TABLE_NAME", None),
        ("testing", "ARC_APP_SECRET", None),
        ("testing", "AWS_PROFILE", None),
    ],
)
def test_advise_knows_the_reserved_names(
    stage: Any, name: str, level: str | None
) -> None:
    """Architect's own are lost, Lambda's refuse the deployment."""
    preferences = Preferences(environment={stage: {name: "x"}})

    found = advise(project_with(preferences=preferences), Surroundings())

    assert [advice.level for advice in found] == ([] if level is None else [level])
    assert all(advice.code == "reserved-name" for advice in found)


@pytest.mark.parametrize(
    ("name", "is_refused"),
    [("A", True), ("_AB", True), ("1A", True), ("A-B", True), ("a1", False)],
)
@pytest.mark.parametrize(
    ("stage", "level"), [("testing", "hint"), ("staging", "error")]
)
def test_advise_knows_what_lambda_takes_for_a_name(
    stage: Any, level: str, name: str, *, is_refused: bool
) -> None:
    """Two characters at least, of which the first is a letter."""
    preferences = Preferences(environment={stage: {name: "x"}})

    found = advise(project_with(preferences=preferences), Surroundings())

    expected = [("variable-name", level)] if is_refused else []
    assert [(advice.code, advice.level) for advice in found] == expected


@pytest.mark.parametrize(("size", "count"), [(4096, 0), (4097, 1)])
def test_advise_measures_the_variables(size: int, count: int) -> None:
    """Names and values together, in bytes."""
    value = "é" + "x" * (size - len("NAME") - len("OTHER") - len("é".encode()))
    variables = {"NAME": value, "OTHER": ""}
    preferences = Preferences(environment={"production": variables})

    found = advise(project_with(preferences=preferences), Surroundings())

    assert [advice.code for advice in found] == ["variables-too-large"] * count
    assert all(f"{size:,} bytes" in advice.what for advice in found)


MANIFEST = """@tables
sessions
  _idx *String

  # a comment
  ttl TTL
n
  other TTL
"""


@pytest.mark.parametrize(
    ("line", "attribute", "expected"),
    [
        (2, None, (2, 1, "sessions")),
        (2, "ttl", (6, 3, "  ttl TTL")),
        (2, "_idx", (3, 3, "  _idx *String")),
        (2, "other", (2, 1, "sessions")),
        (99, None, (99, 1, "")),
    ],
)
def test_table_place_finds_the_line(
    line: int, attribute: str | None, expected: tuple[int, int, str]
) -> None:
    """Of the table, or of an attribute among its own lines."""
    table = Table(name="sessions", partition_key=Key(attribute="_idx"), line=line)

    place = table_place(project_with(manifest_text=MANIFEST), table, attribute)

    assert place is not None
    assert (place.line, place.column, place.source_line) == expected
    assert place.file == "app.arc"


def test_table_place_may_be_unknown() -> None:
    """A table of a manifest that is no text has no line."""
    table = Table(name="sessions", partition_key=Key(attribute="_idx"))

    assert table_place(project_with(), table) is None


@pytest.mark.parametrize(
    ("api_type", "limits", "expected"),
    [
        ("http", (5, 30), None),
        ("http", (31,), '"get /0" may run 31 seconds, and API Gateway waits 30.'),
        ("rest", (30, 60), "waits 29. The same goes for 1 more."),
    ],
)
def test_advise_tells_of_functions_that_outlast_the_gateway(
    api_type: Any, limits: tuple[int, ...], expected: str | None
) -> None:
    """Their clients are answered by API Gateway itself."""
    functions = tuple(
        replace(
            function_of(f"get /{place}"),
            config=FunctionConfig(runtime="python3.12", timeout_seconds=seconds),
        )
        for place, seconds in enumerate(limits)
    )
    found = advise(project_with(functions=functions, api_type=api_type), Surroundings())

    assert [advice.code for advice in found] == ["http-timeout"] * bool(expected)
    assert expected is None or expected in found[0].what


@pytest.mark.parametrize(("has_tables", "level"), [(True, "error"), (False, "warning")])
def test_advise_tells_of_a_seed_file_that_is_not_there(
    *, has_tables: bool, level: str
) -> None:
    """At the preference that names it; only an app with tables fails by it."""
    table = Table(name="things", partition_key=Key(attribute="id"))
    project = project_with(
        tables=(table,) if has_tables else (),
        preferences=Preferences(locations={"seed-data": HERE}),
    )

    (advice,) = advise(project, Surroundings(without_seeds=("No file.", "Mend it.")))

    assert (advice.level, advice.where) == (level, HERE)
    assert (advice.what, advice.fix) == ("No file.", "Mend it.")


@pytest.mark.parametrize("missing", ["ui/build", None])
def test_advise_tells_of_a_static_folder_that_is_not_there(missing: str | None) -> None:
    """Often what a build makes: nothing is served, and nothing else says so."""
    found = advise(project_with(), Surroundings(without_static=missing))

    assert [advice.code for advice in found] == ["static-missing"] * bool(missing)
    assert all('"ui/build"' in advice.what for advice in found)
