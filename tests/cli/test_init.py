"""`arc-sandbox init`, as a person types it."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sandbox.cli import main
from sandbox.cli.init import python_runtime
from tests.files import full_disk

NEW_APP = {
    "app.arc",
    ".env",
    ".gitignore",
    "requirements.txt",
    "src/http/get-index/index.py",
    "src/http/get-index/requirements.txt",
    "src/http/post-count/index.py",
    "src/http/post-count/requirements.txt",
    "tests/test_app.py",
}


def init(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["init", *arguments])


def files_of(root: Path) -> set[str]:
    return {str(p.relative_to(root)) for p in root.rglob("*") if p.is_file()}


def test_init_creates_an_app(tmp_path: Path) -> None:
    """In a folder that need not exist; its secret is its own, and private."""
    one = init(str(tmp_path / "one"))
    init(str(tmp_path / "two"))

    assert one.exit_code == 0
    assert "arc-sandbox start" in one.output
    assert files_of(tmp_path / "one") == NEW_APP
    secrets = [(tmp_path / name / ".env").read_text() for name in ("one", "two")]
    assert secrets[0] != secrets[1]
    assert (tmp_path / "one/.env").stat().st_mode & 0o777 == 0o600


def test_init_that_was_cut_short_goes_on(tmp_path: Path) -> None:
    """What a full disk has kept from being made is made at the second try."""
    with full_disk(100):
        told = init(str(tmp_path))
    assert told.exit_code == 1

    init(str(tmp_path))

    assert (tmp_path / ".env").read_text()
    assert files_of(tmp_path) == NEW_APP


def test_init_keeps_what_is_there(tmp_path: Path) -> None:
    """A folder with a .env of its own, say."""
    (tmp_path / ".env").write_text("MINE=1")

    told = init(str(tmp_path))

    assert (tmp_path / ".env").read_text() == "MINE=1"
    assert "kept         .env" in told.output


def test_init_creates_only_missing_handlers_in_an_app(tmp_path: Path) -> None:
    """Nothing else, and nothing twice."""
    handler = tmp_path / "src/http/get-index/index.py"
    handler.parent.mkdir(parents=True)
    handler.write_text("mine = 1")
    manifest = "@app\nshop\n@aws\nruntime python3.11\n@http\nget /\npost /a\n"
    (tmp_path / "app.arc").write_text(manifest)

    first, again = init(str(tmp_path)), init(str(tmp_path))

    assert "src/http/post-a/" in first.output
    assert again.output == "Every handler is there: nothing to create.\n"
    assert handler.read_text() == "mine = 1"
    assert len(files_of(tmp_path)) == 3


def test_init_can_only_tell(tmp_path: Path) -> None:
    """--dry-run leaves the disk alone."""
    told = init(str(tmp_path), "--dry-run")

    assert "would create app.arc" in told.output
    assert files_of(tmp_path) == set()


def test_init_names_functions_it_cannot_write(tmp_path: Path) -> None:
    """With the place for the hand-written one."""
    (tmp_path / "app.arc").write_text(
        "@app\nshop\n@aws\nruntime ruby3.3\n@http\nget /\n"
    )

    told = init(str(tmp_path))

    assert 'No handler is known for "ruby3.3"' in told.output
    assert "get-index" in told.output


@pytest.mark.parametrize(
    ("name", "exit_code"), [("my-shop", 0), ("My Shop", 2), ("9", 2)]
)
def test_init_checks_the_name(tmp_path: Path, name: str, exit_code: int) -> None:
    """Architect takes small letters, digits and hyphens."""
    assert init(str(tmp_path), "--name", name).exit_code == exit_code


def test_python_runtime_is_one_that_runs_here_without_a_warning() -> None:
    """This interpreter's own version, where Lambda has it."""
    assert python_runtime().startswith("python3.")


def test_init_refuses_a_folder_that_no_app_can_be_in(tmp_path: Path) -> None:
    """Before it writes anything: what it made would be refused by all else."""
    told = init(str(tmp_path / "caf\u00e9"))

    assert told.exit_code == 2
    assert "not plain ASCII" in told.output
    assert files_of(tmp_path) == set()


def test_init_says_nothing_of_the_manifest_that_it_makes(tmp_path: Path) -> None:
    """An empty folder has none yet; a path with a space is quoted for the shell."""
    (tmp_path / "my app").mkdir()

    told = init(str(tmp_path / "my app"))

    assert "Warning" not in told.output
    assert f"cd '{tmp_path / 'my app'}'" in told.output


def test_init_gives_an_app_no_other_name(tmp_path: Path) -> None:
    """It is not passed over in silence."""
    init(str(tmp_path))

    told = init(str(tmp_path), "--name", "other")

    assert told.exit_code == 2
    assert "has an app already" in told.output
