"""Seed files: which one counts, and what is told about a bad one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.errors import SeedError
from sandbox.project.model import Preferences, Project
from sandbox.tables.seeds import load_seeds, seed_file

MakeProject = Callable[..., Project]


def no_program(file: Path, root: Path) -> object:
    """Stand for a seed program that must not be run."""
    raise AssertionError(f"{file} was run in {root}")


def test_json_rows_become_dynamodbs(make_project: MakeProject) -> None:
    """Numbers keep the digits that stand in the file."""
    project = make_project()
    (project.root / "sandbox-seed.json").write_text(
        '{"sessions": [{"_idx": "a", "price": 0.10, "n": 12345678901234567890}]}'
    )

    assert load_seeds(project, run_program=no_program) == {
        "sessions": (
            {
                "_idx": {"S": "a"},
                "price": {"N": "0.10"},
                "n": {"N": "12345678901234567890"},
            },
        )
    }


def test_a_project_without_a_seed_file_has_no_rows(make_project: MakeProject) -> None:
    """Seeds are optional."""
    assert load_seeds(make_project(), run_program=no_program) == {}


def test_a_program_is_run_where_the_seed_file_is_one(make_project: MakeProject) -> None:
    """The runner gets the file and the project's root."""
    project = make_project()
    (project.root / "sandbox-seed.py").touch()
    asked: list[tuple[Path, Path]] = []

    def run(file: Path, root: Path) -> object:
        asked.append((file, root))
        return {"sessions": [{"_idx": "a"}]}

    assert load_seeds(project, run_program=run) == {"sessions": ({"_idx": {"S": "a"}},)}
    assert asked == [(project.root / "sandbox-seed.py", project.root)]


@pytest.mark.parametrize(
    ("files", "preferred", "expected"),
    [
        (["sandbox-seed.py", "sandbox-seed.json"], None, "sandbox-seed.json"),
        (["sandbox-seed.mjs", "sandbox-seed.py"], None, "sandbox-seed.py"),
        (["sandbox-seed.json", "data/rows.json"], "data/rows.json", "data/rows.json"),
        (["data/rows.py"], "data/rows", "data/rows.py"),
        (["data/rows.json"], "data/rows.js", "data/rows.json"),
        (["sandbox-seed.txt"], None, None),
    ],
)
def test_the_first_seed_file_in_order_counts(
    make_project: MakeProject,
    files: list[str],
    preferred: str | None,
    expected: str | None,
) -> None:
    """Preferences come first, then the extensions, in the reference's order."""
    settings = {"sandbox": {"seed-data": preferred}} if preferred else {}
    project = make_project(preferences=Preferences(settings=settings))
    for name in files:
        (project.root / name).parent.mkdir(exist_ok=True)
        (project.root / name).touch()

    found = seed_file(project)

    assert found == (None if expected is None else project.root / expected)


def test_a_preferred_file_that_is_not_there_is_told(make_project: MakeProject) -> None:
    """Nothing else is loaded in its place."""
    settings = {"sandbox": {"seed-data": "data/rows.json"}}
    project = make_project(preferences=Preferences(settings=settings))
    (project.root / "sandbox-seed.json").write_text("{}")

    with pytest.raises(SeedError, match=r'"data/rows\.json" is not there'):
        load_seeds(project, run_program=no_program)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{\n  oops}", '"sandbox-seed.json" is not JSON: .* at line 2, column 3'),
        ("[]", "is an array, not an object"),
        ('{"session": []}', '"session".*Did you mean "sessions"'),
        ('{"cars": []}', '"cars", which the manifest does not declare. Declare it'),
        ('{"sessions": {"a": 1}}', '"sessions" .* is an object, not an array'),
        ('{"sessions": [1]}', 'Row 1 of table "sessions" .* is a number'),
        ('{"sessions": [{"_idx": "a"}, {"id": "b"}]}', 'Row 2 .* lacks the key "_idx"'),
        ('{"sessions": [{"_idx": 1}]}', "has a Number .* declares it as String"),
        ('{"notes": [{"owner": "a"}]}', 'Row 1 .* lacks the key "number"'),
        (
            '{"sessions": [{"_idx": "a", "x": NaN}]}',
            "cannot be stored: .*no number",
        ),
    ],
)
def test_a_bad_seed_file_gets_one_clear_error(
    make_project: MakeProject, text: str, message: str
) -> None:
    """The file, the table, the row and the remedy are named."""
    project = make_project()
    (project.root / "sandbox-seed.json").write_text(text)

    with pytest.raises(SeedError, match=message):
        load_seeds(project, run_program=no_program)


def test_a_seed_file_that_is_no_text_is_told(make_project: MakeProject) -> None:
    """Bytes that are no UTF-8 end in an error of the app, not in a traceback."""
    project = make_project()
    (project.root / "sandbox-seed.json").write_bytes(b'{"\xff": []}')

    with pytest.raises(SeedError, match="cannot be read"):
        load_seeds(project, run_program=no_program)
