"""Holds preferences to their order: home, project, .env."""

import pytest

from sandbox.errors import ProjectError
from tests.project.conftest import Load

APP = {"app.arc": "@app\nmyapp\n"}


def test_preferences_of_the_project_lie_over_those_of_home(load: Load) -> None:
    """Settings merge one by one; a stage's variables come whole."""
    project = load(
        APP
        | {
            "home/prefs.arc": "@sandbox\nport 1\nlivereload true\n"
            "@env\ntesting\n  A 1\n",
            "prefs.arc": "@sandbox\nport 2\n@env\ntesting\n  B two words\n  PIN 0123\n",
        }
    )

    assert project.preferences.sandbox("port") == 2
    assert project.preferences.sandbox("livereload") is True
    assert project.preferences.environment == {
        "testing": {"B": "two words", "PIN": "123"}
    }


def test_dotenv_replaces_every_other_variable(load: Load) -> None:
    """A .env counts as the testing stage, and beats both preferences files."""
    project = load(
        APP
        | {
            "home/prefs.arc": "@env\nstaging\n  A 1\n",
            "prefs.arc": "@env\ntesting\n  B 2\n",
            ".env": "C=3\n",
        }
    )

    assert project.preferences.environment == {"testing": {"C": "3"}}


def test_a_lone_value_replaces_a_pragmas_settings(load: Load) -> None:
    """`@deploy false` is false, whatever stands around it."""
    project = load(APP | {"prefs.arc": "@deploy\na b\nfalse\nc d\n"})

    assert project.preferences.settings == {"deploy": False}


@pytest.mark.parametrize(
    ("prefs", "line", "fact"),
    [
        ("@env\nX\n", 1, '@env is "X".'),
        (
            "@env\ntesting\n  a\n",
            2,
            'The stage "testing" of @env has no variables with values.',
        ),
        ("@env\ntesting\n  A-B 1\n", 3, '"A-B" is not the name of a variable.'),
        ("@sandbox\nenv dev\n", 2, '@sandbox env is "dev".'),
        ("@sandbox\n{", 2, 'The character "{" cannot stand here.'),
    ],
)
def test_preferences_are_checked(load: Load, prefs: str, line: int, fact: str) -> None:
    """What is wrong is shown at its line in the preferences file."""
    with pytest.raises(ProjectError) as caught:
        load(APP | {"prefs.arc": prefs})

    (problem,) = caught.value.problems
    assert problem.location is not None
    assert (problem.location.file, problem.location.line) == ("prefs.arc", line)
    assert problem.message == fact


@pytest.mark.parametrize("name", ["prefs.arc", "home/prefs.arc", ".env"])
def test_a_folder_in_the_place_of_a_file_is_refused(load: Load, name: str) -> None:
    """It is not called empty."""
    with pytest.raises(ProjectError) as caught:
        load(APP | {f"{name}/file": ""})

    (problem,) = caught.value.problems
    assert problem.location is not None
    assert problem.location.file == name
    assert problem.message == f'"{name}" cannot be read as a file.'
