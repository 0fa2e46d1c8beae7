"""What the sandbox does about changes: decided without a disk."""

from pathlib import Path

import pytest

from sandbox.project.model import (
    Function,
    FunctionConfig,
    Project,
    Route,
    Static,
)
from sandbox.watch.changes import Change, classify, is_ignored, without_passing

ROOT = Path("/app")


def function(name: str, folder: str, *, shared: bool = True) -> Function:
    return Function(
        name=name,
        pragma="http",
        folder=ROOT / folder,
        handler_file=ROOT / folder / "index.py",
        handler_method="handler",
        config=FunctionConfig(runtime="python3.12", shared=shared, views=True),
    )


FOO = function("get /foo", "src/http/get-foo")
FOOBAR = function("get /foobar", "src/http/get-foobar", shared=False)
PROJECT = Project(
    root=ROOT,
    name="app",
    manifest_file=ROOT / "app.arc",
    functions=(FOO, FOOBAR),
    routes=(
        Route(method="get", path="/foo", function=FOO),
        Route(method="get", path="/foobar", function=FOOBAR),
    ),
    static=Static(folder=ROOT / "public"),
    shared_folder=ROOT / "src/shared",
    views_folder=ROOT / "src/views",
    source_files=(ROOT / "app.arc", ROOT / ".env"),
)


def changed(*paths: str) -> list[Change]:
    return [Change(path=ROOT / path, kind="modified") for path in paths]


def test_classify_finds_the_function_by_its_whole_folder() -> None:
    """`get-foo` is not concerned by a file of `get-foobar`."""
    reaction = classify(changed("src/http/get-foobar/index.py"), PROJECT)

    assert reaction.functions == (FOOBAR,)
    assert not reaction.reload_project


def test_classify_reloads_the_project_for_its_sources() -> None:
    """The manifest and `.env` are the project's own files."""
    assert classify(changed("app.arc"), PROJECT).reload_project
    assert classify(changed(".env"), PROJECT).reload_project


def test_classify_gives_shared_code_to_functions_that_have_it() -> None:
    """A function that opted out of shared code is left alone."""
    assert classify(changed("src/shared/util.py"), PROJECT).sharing == (FOO,)
    assert classify(changed("src/views/page.py"), PROJECT).sharing == (FOO, FOOBAR)


def test_classify_tells_edited_functions_from_those_that_share_code() -> None:
    """One that is both counts as edited."""
    reaction = classify(
        changed("src/views/page.py", "src/http/get-foobar/index.py"), PROJECT
    )

    assert (reaction.functions, reaction.sharing) == ((FOOBAR,), (FOO,))


def test_classify_tells_assets_apart() -> None:
    """A file of the public folder concerns no function."""
    reaction = classify(changed("public/style.css"), PROJECT)

    assert reaction.assets == (ROOT / "public/style.css",)
    assert reaction.functions == ()


def test_classify_marks_code_outside_every_function() -> None:
    """A module that several functions may import is told as other code."""
    assert classify(changed("src/lib/money.py"), PROJECT).other_code


@pytest.mark.parametrize(
    "path",
    [
        "src/http/get-foo/__pycache__/index.cpython-311.pyc",
        "node_modules/x/index.js",
        "src/http/get-foo/.index.py.swp",
        "src/http/get-foo/index.py~",
        "src/http/get-foo/4913",
        "src/http/get-foo/.#index.py",
        "src/http/get-foo/index.py___jb_tmp___",
        "src/http/get-foo/index.py___jb_old___",
        ".git/HEAD",
    ],
)
def test_is_ignored_what_concerns_no_one(path: str) -> None:
    """Bytecode, dependencies and editors' leftovers ask for nothing."""
    assert is_ignored(ROOT / path, ROOT)


def test_is_ignored_outside_the_root() -> None:
    """A path that is not below the app's folder is never ours."""
    assert is_ignored(Path("/elsewhere/app.arc"), ROOT)


def test_a_file_that_came_and_went_is_no_save() -> None:
    """What an editor wrote first under another name, say; what it replaced is one."""
    passed, sheet = ROOT / "public/sedAb1Xy9", ROOT / "public/a.css"
    gone = Change(path=ROOT / "public/gone.css", kind="removed")
    saved = (Change(path=sheet, kind="removed"), Change(path=sheet, kind="added"))
    changes = [
        Change(path=passed, kind="added"),
        Change(path=passed, kind="modified"),
        *saved,
        Change(path=passed, kind="removed"),
        gone,
    ]

    left = without_passing(changes, is_there=lambda path: path == sheet)

    assert left == (*saved, gone)
