"""`@sandbox`: what means nothing is refused with its line."""

import pytest

from sandbox.errors import ProjectError
from sandbox.project.load import usable
from tests.project.conftest import Load

APP = {"app.arc": "@app\nmyapp\n"}
SWITCH = "Write true or false."
PORT = "Give a whole number from 0 to 65535."


@pytest.mark.parametrize(
    ("written", "line", "fact", "remedy"),
    [
        ("livereload maybe", 2, 'livereload is "maybe".', SWITCH),
        ("livereload 0", 2, 'livereload is "0".', SWITCH),
        ("cors\n  a b", 2, 'cors is "a".', SWITCH),
        ("persist yes", 2, 'persist is "yes".', SWITCH),
        ("external-db yes", 2, 'external-db is "yes".', SWITCH),
        ("useAWS true now", 2, 'useAWS is "true now".', SWITCH),
        ("seed-data 3", 2, 'seed-data is "3".', "Write the path of one file"),
        ("ports 3333", 2, 'ports is "3333".', "Write each on a line of its own"),
        ("ports\n  http abc", 3, 'ports http is "abc".', PORT),
        ("ports\n  queues -1", 3, 'ports queues is "-1".', PORT),
        ("ports\n  tables 65536", 3, 'ports tables is "65536".', PORT),
        ("ports\n  _arc true", 3, 'ports _arc is "true".', PORT),
        ("ports\n  events 1.5", 3, 'ports events is "1.5".', PORT),
    ],
)
def test_a_value_that_means_nothing_is_refused(
    load: Load, written: str, line: int, fact: str, remedy: str
) -> None:
    """With file, line and what to write."""
    with pytest.raises(ProjectError) as refusal:
        usable(load(APP | {"prefs.arc": f"@sandbox\n{written}\n"}))

    (problem,) = refusal.value.problems
    assert problem.location is not None
    assert (problem.location.file, problem.location.line) == ("prefs.arc", line)
    assert problem.message == f"@sandbox {fact}"
    assert problem.remedy.startswith(remedy)


def test_a_lone_word_is_refused(load: Load) -> None:
    """It would replace all other settings."""
    with pytest.raises(ProjectError) as refusal:
        usable(load(APP | {"prefs.arc": "@sandbox\npersist true\nlivereload\n"}))

    (problem,) = refusal.value.problems
    assert problem.message == '@sandbox is "livereload".'


def test_all_that_is_wrong_is_told_at_once(load: Load) -> None:
    """As everywhere in a project."""
    with pytest.raises(ProjectError) as refusal:
        usable(
            load(APP | {"prefs.arc": "@sandbox\npersist a\nttl b\nports\n  http c\n"})
        )

    assert len(refusal.value.problems) == 3


def test_what_has_a_meaning_passes(load: Load) -> None:
    """Also what `@architect/sandbox` alone knows, and all its ports."""
    names = ("http", "events", "queues", "tables", "_arc")
    ports = "".join(f"  {name} {4000 + i}\n" for i, name in enumerate(names))
    others = "no-hydrate true\ncoldstart true\ndelete-vendor false\nenv staging\n"

    project = load(
        APP | {"prefs.arc": f"@sandbox\n{others}seed-data s.js\nports\n{ports}"}
    )

    assert project.preferences.sandbox("seed-data") == "s.js"
    assert project.warnings == ()


def test_an_app_can_be_read_whatever_sandbox_sets(load: Load) -> None:
    """Architect deploys it; only to run it here is another matter."""
    project = load(APP | {"prefs.arc": "@sandbox\nports 3333\n"})

    assert project.name == "myapp"
    assert [problem.message for problem in project.preferences.problems] == [
        '@sandbox ports is "3333".'
    ]
