"""Advice is told once, worst first, and again where an edit adds to it."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.errors import SourceLocation
from sandbox.notice import Notice
from sandbox.options import Options
from sandbox.project.advice import Advice
from sandbox.project.load import load_project
from sandbox.project.model import Project
from sandbox.wiring.adviser import Adviser, advice_text

MANIFEST = "@app\nmyapp\n@http\nget /\n"
DOMAIN = "ARC_SESSION_DOMAIN=example.com\n"
TOO_LONG = "ARC_SESSION_TTL=soon\n"

Load = Callable[[str], Project]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Give a function that loads an app with this .env."""

    def load_with(dotenv: str) -> Project:
        (tmp_path / "app.arc").write_text(MANIFEST)
        handler = tmp_path / "src" / "http" / "get-index" / "index.mjs"
        handler.parent.mkdir(parents=True, exist_ok=True)
        handler.write_text("export const handler = () => ({})")
        (tmp_path / ".env").write_text(f"ARC_APP_SECRET={'S' * 32}\n{dotenv}")
        return load_project(tmp_path, home=None, environ={})

    return load_with


def test_an_app_without_functions_has_no_sessions_to_speak_of(tmp_path: Path) -> None:
    """Static files alone need no secret."""
    (tmp_path / "app.arc").write_text("@app\nmyapp\n@static\n")
    project = load_project(tmp_path, home=None, environ={})

    adviser = Adviser(lambda: project, options=Options(), say=lambda _notice: None)

    assert adviser.advice() == ()


class Scene:
    """An adviser, and the first lines of what it said."""

    def __init__(self, project: Project) -> None:
        self.notices: list[Notice] = []
        self.adviser = Adviser(
            lambda: project, options=Options(), say=self.notices.append
        )

    def heard(self) -> list[tuple[str, str]]:
        heard = [(n.level, n.text.splitlines()[0]) for n in self.notices]
        self.notices.clear()
        return heard


WRONG_DOMAIN = (
    "error",
    'ARC_SESSION_DOMAIN is "example.com", and the app is reached as "localhost".',
)
WRONG_TTL = (
    "error",
    'ARC_SESSION_TTL is "soon", which is not a whole number of seconds.',
)


def test_adviser_tells_each_advice_once(load: Load) -> None:
    """A second telling has nothing new."""
    scene = Scene(load(DOMAIN))

    scene.adviser.tell()
    assert scene.heard() == [WRONG_DOMAIN]
    scene.adviser.tell()
    assert scene.heard() == []


def test_adviser_follows_edits(load: Load) -> None:
    """What is new is told, what was mended is forgotten, and told if it comes back."""
    scene = Scene(load(DOMAIN))
    scene.adviser.tell()
    scene.heard()

    scene.adviser.follow(load(DOMAIN + TOO_LONG))
    assert scene.heard() == [WRONG_TTL]
    scene.adviser.follow(load(TOO_LONG))
    assert scene.heard() == []
    scene.adviser.follow(load(DOMAIN + TOO_LONG))
    assert scene.heard() == [WRONG_DOMAIN]


def test_adviser_follows_nothing_before_it_has_told(load: Load) -> None:
    """A sandbox in a test, which nobody asked for advice, stays silent."""
    scene = Scene(load(""))

    scene.adviser.follow(load(DOMAIN))
    scene.adviser.note_edit()
    scene.adviser.follow(None)

    assert scene.heard() == []


def test_adviser_looks_again_after_an_edit_of_code(tmp_path: Path) -> None:
    """The project is the same object then, and only its functions have changed."""
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    (tmp_path / "app.arc").write_text(f"{MANIFEST}@aws\nruntime {version}\n")
    code = tmp_path / "src/http/get-index/index.py"
    code.parent.mkdir(parents=True)
    project = load_project(tmp_path, home=None, environ={})
    scene = Scene(project)
    scene.adviser.tell()
    scene.heard()
    code.write_text("import arc\n")

    scene.adviser.follow(project)
    assert scene.heard() == []
    scene.adviser.note_edit()
    scene.adviser.follow(project)

    assert (
        "warning",
        'The app has "import arc", and no requirements.txt names its package.',
    ) in scene.heard()


class EditedMeanwhile(Adviser):
    """An adviser to whom an edit comes in the moment that it looks for one."""

    edits = 0

    @property
    def _is_edited(self) -> bool:
        was, self.edits = bool(self.edits), self.edits + 1
        return was

    @_is_edited.setter
    def _is_edited(self, value: bool) -> None:
        self.edits = int(value)


def test_no_edit_goes_unnoticed(load: Load) -> None:
    """Code is noted to have changed in one thread, and followed in another."""
    project = load(DOMAIN)
    asked: list[Notice] = []
    adviser = EditedMeanwhile(lambda: project, options=Options(), say=asked.append)
    adviser.tell()

    adviser.follow(project)

    assert adviser.edits


def test_adviser_gives_errors_first(load: Load) -> None:
    """Then warnings, then hints."""
    found = Scene(load("ARC_ENV=x\nAWS_REGION=x\n" + DOMAIN)).adviser.advice()

    assert [advice.level for advice in found] == ["error", "warning", "hint"]


@pytest.mark.parametrize(
    ("where", "fix", "expected"),
    [
        (
            SourceLocation(file="a.arc", line=3),
            "Mend it.",
            "What.\na.arc:3\nWhy.\nFix: Mend it.",
        ),
        (None, "", "What.\nWhy."),
    ],
)
def test_advice_text_is_a_short_block(where: Any, fix: str, expected: str) -> None:
    """What, where, why, fix; without what is not known."""
    advice = Advice(
        level="error", code="x", what="What.", why="Why.", fix=fix, where=where
    )

    assert advice_text(advice) == expected
