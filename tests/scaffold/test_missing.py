"""Which handlers an app lacks, and how they come to be."""

from pathlib import Path

import pytest

from sandbox.errors import AppError, WorldError
from sandbox.project.load import load_project
from sandbox.project.model import Project
from sandbox.scaffold.missing import missing_handlers, wants_handlers, write_new
from tests.files import full_disk, write_files

MANIFEST = """@app
shop

@aws
runtime python3.11

@http
get /
post /things
"""


def project_of(root: Path, **files: str) -> Project:
    """Give the project of a folder with these files; `__` stands for a slash."""
    named = {name.replace("__", "/"): text for name, text in files.items()}
    write_files(root, {"app.arc": MANIFEST, **named})
    return load_project(root, home=None, environ={})


def test_missing_handlers_finds_functions_without_one(tmp_path: Path) -> None:
    """A file under any name that Architect looks for counts as a handler."""
    project = project_of(tmp_path, **{"src__http__get-index__lambda.py": "x = 1"})

    missing = missing_handlers(project, home=None)

    folder = tmp_path / "src/http/post-things"
    assert [path.parent for path in missing.files] == [folder]
    assert missing.unknown == ()


def test_missing_handlers_names_what_it_cannot_write(tmp_path: Path) -> None:
    """A runtime without a text is told, not guessed at."""
    manifest = MANIFEST.replace("python3.11", "ruby3.3")
    project = project_of(tmp_path, **{"app.arc": manifest})

    missing = missing_handlers(project, home=None)

    assert missing.files == {}
    assert [function.name for function in missing.unknown] == ["get /", "post /things"]


PREFERENCES = """@create
autocreate true
templates
  http {path}
"""


@pytest.mark.parametrize("path", ["templates/http.py", "~/http.py"])
def test_missing_handlers_follows_the_developers_template(
    tmp_path: Path, path: str
) -> None:
    """From the app's folder, or from home."""
    home = tmp_path / "home"
    for folder in (home, tmp_path / "templates"):
        folder.mkdir()
        (folder / "http.py").write_text("# my template\n")
    project = project_of(tmp_path, **{"prefs.arc": PREFERENCES.format(path=path)})

    missing = missing_handlers(project, home=home)

    assert set(missing.files.values()) == {"# my template\n"}


def test_a_template_of_another_language_is_left_aside(tmp_path: Path) -> None:
    """Node's template in a Python handler would only fail."""
    (tmp_path / "http.mjs").write_text("// node")
    project = project_of(tmp_path, **{"prefs.arc": PREFERENCES.format(path="http.mjs")})

    missing = missing_handlers(project, home=None)

    assert {"def handler" in text for text in missing.files.values()} == {True}


def test_a_template_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    """With its name and its pragma."""
    project = project_of(tmp_path, **{"prefs.arc": PREFERENCES.format(path="no.py")})

    with pytest.raises(AppError, match=r'"no\.py" for @http'):
        missing_handlers(project, home=None)


@pytest.mark.parametrize(
    ("preferences", "expected"),
    [
        (PREFERENCES.format(path="x"), True),
        ("@create\nautocreate false\n", False),
        ("@sandbox\nlivereload false\n", False),
        ("@create\n", False),
    ],
)
def test_wants_handlers_reads_the_preference(
    *, tmp_path: Path, preferences: str, expected: bool
) -> None:
    """Off unless it says true."""
    project = project_of(tmp_path, **{"prefs.arc": preferences})

    assert wants_handlers(project.preferences) is expected


def test_write_new_never_writes_over_anything(tmp_path: Path) -> None:
    """What is there stays."""
    path = tmp_path / "deep/file"

    assert write_new(path, "one")
    assert not write_new(path, "two")
    assert path.read_text() == "one"


def test_write_new_keeps_secrets_to_their_owner(tmp_path: Path) -> None:
    """From the moment the file is there."""
    path = tmp_path / ".env"
    write_new(path, "s", mode=0o600)

    assert path.stat().st_mode & 0o777 == 0o600


def test_write_new_says_what_the_system_refuses(tmp_path: Path) -> None:
    """A file in the place of a folder, for example."""
    (tmp_path / "file").write_text("")

    with pytest.raises(WorldError, match="cannot be written"):
        write_new(tmp_path / "file/inside", "x")


def test_write_new_leaves_no_half_of_a_file(tmp_path: Path) -> None:
    """It would be taken for the whole, and never be written over."""
    path = tmp_path / "index.py"

    with full_disk(), pytest.raises(WorldError):
        write_new(path, "one")

    assert write_new(path, "one")
