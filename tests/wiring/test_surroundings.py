"""What is found around a project: helpers, requirements, places, variables."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sandbox.options import Options
from sandbox.project.advice import Surroundings
from sandbox.project.load import load_project
from sandbox.wiring.surroundings import collect_surroundings, seen_environment
from tests.files import write_files

MANIFEST = "@app\nmyapp\n@aws\nruntime python3.12\n@http\nget /\n"
IMPORT = "import json, arc\n"
NODE_MANIFEST = MANIFEST.replace("python3.12", "nodejs22.x")
NODE_SOURCE = "import arc from '@architect/functions'\n"
NODE_PACKAGE = "node_modules/@architect/functions/package.json"
PYTHON_DIST = "architect_functions-1.0.0.dist-info/METADATA"

Collect = Callable[..., Surroundings]


@pytest.fixture
def write(tmp_path: Path) -> Callable[[Mapping[str, str]], Path]:
    """Give a function that writes an app's files, and gives its folder."""
    return lambda files: write_files(tmp_path / "app", {"app.arc": MANIFEST, **files})


@pytest.fixture
def collect(write: Any, tmp_path: Path) -> Collect:
    """Give a function that looks around an app of these files.

    What is installed is what lies in the folder `installed` beside the app.
    """

    def look(files: Mapping[str, str], **options: Any) -> Surroundings:
        project = load_project(write(files), home=None, environ={})
        return collect_surroundings(
            project, Options(**options), python_path=[str(tmp_path / "installed")]
        )

    return look


def test_surroundings_of_a_bare_app(collect: Collect) -> None:
    """Nothing is made up: no helper, no import, no requirement."""
    found = collect({"src/http/get-index/index.py": "def handler(e, c): pass\n"})

    assert (found.pypi_helper, found.npm_helper) == (None, None)
    assert (found.arc_imports, found.requirements) == ((), frozenset())
    assert found.python_version == sys.version_info[:2]
    assert found.stage == "testing"


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("import arc\n", 1),
        ("# import arc\nfrom arc.http import res\n", 2),
        ("import json, arc\n", 1),
        ("def handler(e, c):\n    import arc\n", 2),
        ("import architect\nimport arcade\nfrom archive import arc\n", None),
        ("x = 'import arc'\n", None),
    ],
)
def test_surroundings_find_the_import(
    collect: Collect, source: str, line: int | None
) -> None:
    """Its file and line, wherever in the module it stands."""
    found = collect({"src/http/get-index/index.py": source}).arc_imports

    assert [(place.file, place.line) for place in found] == (
        [] if line is None else [("src/http/get-index/index.py", line)]
    )


@pytest.mark.parametrize(
    "file", ["requirements.txt", "src/http/get-index/requirements.txt"]
)
def test_surroundings_read_requirements(collect: Collect, file: str) -> None:
    """Names as pip compares them, of the app and of its functions."""
    found = collect(
        {
            "src/http/get-index/index.py": IMPORT,
            file: "# c\nArchitect_Functions>=1.0 # why\nboto3\n-r other.txt\n",
        }
    )

    assert found.requirements == {"architect-functions", "boto3"}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({f"../installed/{PYTHON_DIST}": ""}, "1.0.0"),
        ({}, None),
        (
            {
                f"../installed/{PYTHON_DIST}": "",
                "src/http/get-index/vendor/arc/__init__.py": "",
            },
            None,
        ),
        (
            {
                "src/http/get-index/vendor/arc/__init__.py": "",
                "src/http/get-index/vendor/architect_functions-0.9.dist-info/x": "",
            },
            "0.9",
        ),
    ],
)
def test_surroundings_tell_the_python_helper(
    collect: Collect, files: dict[str, str], expected: str | None
) -> None:
    """What a function brings comes before what is installed."""
    found = collect({"src/http/get-index/index.py": IMPORT, **files})

    assert found.pypi_helper == expected


def test_surroundings_do_not_tell_a_helper_that_nobody_imports(
    collect: Collect,
) -> None:
    """Its quirks do not matter to such an app."""
    found = collect(
        {"src/http/get-index/index.py": "", f"../installed/{PYTHON_DIST}": ""}
    )

    assert found.pypi_helper is None


@pytest.mark.parametrize(
    ("package", "expected"),
    [
        ('{"dependencies": {"@remix-run/architect": "^2"}}', "@remix-run/architect"),
        ('{"dependencies": {"@architect/functions": "^8"}}', None),
        ('{"dependencies": []}', None),
        ("[]", None),
        ("{", None),
    ],
)
def test_surroundings_tell_what_else_keeps_sessions(
    collect: Collect, package: str, expected: str | None
) -> None:
    """A framework's adapter for Architect, as the app's package.json names it."""
    assert collect({"package.json": package}).npm_session_store == expected


@pytest.mark.parametrize(
    ("folder", "source", "package", "expected"),
    [
        ("", NODE_SOURCE, '{"version": "8.1.10"}', "8.1.10"),
        ("src/http/get-index/", NODE_SOURCE, '{"version": "8.0.0"}', "8.0.0"),
        ("", "export let x", '{"version": "8.1.10"}', None),
        ("", NODE_SOURCE, "{", None),
    ],
)
def test_surroundings_tell_the_node_helper(
    collect: Collect, folder: str, source: str, package: str, expected: str | None
) -> None:
    """Found as Node finds it, in the function's folder and above."""
    found = collect(
        {
            "app.arc": NODE_MANIFEST,
            "src/http/get-index/index.mjs": source,
            f"{folder}{NODE_PACKAGE}": package,
        }
    )

    assert found.npm_helper == expected
    assert found.python_version is None


@pytest.mark.parametrize(
    ("files", "stage", "expected"),
    [
        (
            {".env": "B=1\nA=2\n", "prefs.arc": "@env\ntesting\n  A 1\n"},
            "testing",
            ".env:2",
        ),
        ({"prefs.arc": "@env\ntesting\n  A 1\n"}, "testing", "prefs.arc:3"),
        ({"prefs.arc": "@env\nstaging\n  A 1\n"}, "staging", "prefs.arc:3"),
        ({"preferences.arc": "@env\ntesting\n  A 1\n"}, "testing", "preferences.arc:3"),
        ({}, "testing", None),
    ],
)
def test_surroundings_know_where_a_variable_is_set(
    collect: Collect, files: dict[str, str], stage: str, expected: str | None
) -> None:
    """In the file that counts for the stage."""
    place = collect(files, stage=stage).places.get("A")

    assert (place and f"{place.file}:{place.line}") == expected


def test_seen_environment_is_what_functions_see(write: Any) -> None:
    """Of the stage that runs, with what was given for this run on top."""
    root = write({"prefs.arc": "@env\nstaging\n  A 1\n  B 1\n"})
    project = load_project(root, home=None, environ={})
    shell = {"ARC_SESSION_TABLE_NAME": "sessions"}
    options = replace(Options(stage="staging", environment={"B": "2"}), shell=shell)

    seen = seen_environment(project, options)

    assert (seen["A"], seen["B"]) == ("1", "2")
    assert seen["ARC_SESSION_TABLE_NAME"] == "sessions"
    assert seen["ARC_ENV"] == "staging"


def test_seen_environment_prefers_functions_that_have_variables(write: Any) -> None:
    """One function with `@arc env false` does not hide what the others see."""
    root = write(
        {
            "app.arc": f"{MANIFEST}get /b\n",
            ".env": "A=1\n",
            "src/http/get-index/config.arc": "@arc\nenv false\n",
        }
    )
    project = load_project(root, home=None, environ={})

    assert seen_environment(project, Options())["A"] == "1"


def test_seen_environment_of_an_app_without_functions(write: Any) -> None:
    """Nobody sees anything."""
    root = write({"app.arc": "@app\nmyapp\n@static\n"})
    project = load_project(root, home=None, environ={})

    assert seen_environment(project, Options()) == {}


@pytest.mark.parametrize(
    ("files", "is_told"),
    [
        ({}, False),
        ({"prefs.arc": "@sandbox\nseed-data rows.json\n"}, True),
        (
            {"prefs.arc": "@sandbox\nseed-data rows.json\n", "rows.json": "{}"},
            False,
        ),
        ({"prefs.arc": "@sandbox\nseed-data a.json\nuseAWS true\n"}, False),
    ],
    ids=["none", "missing", "there", "aws"],
)
def test_surroundings_know_whether_the_seed_file_is_there(
    collect: Collect, files: dict[str, str], *, is_told: bool
) -> None:
    """Where the sandbox has tables that it would fill."""
    assert (collect(files).without_seeds is not None) is is_told


@pytest.mark.parametrize(
    ("files", "missing"),
    [
        ({"app.arc": "@app\nan-app\n@static\nfolder ui/build\n"}, "ui/build"),
        (
            {
                "app.arc": "@app\nan-app\n@static\nfolder ui/build\n",
                "ui/build/index.html": "",
            },
            None,
        ),
        ({"app.arc": "@app\nan-app\n@http\nget /\n@static\n"}, None),
        ({"app.arc": "@app\nan-app\n@events\nping\n"}, None),
    ],
    ids=["missing", "there", "unnamed", "none"],
)
def test_surroundings_know_whether_the_static_folder_is_there(
    collect: Collect, files: dict[str, str], missing: str | None
) -> None:
    """An app that names none may well have none."""
    assert collect(files).without_static == missing
