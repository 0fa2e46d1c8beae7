"""`arc-sandbox env`: lists, adds and removes, and says what it does not do."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sandbox.cli import main


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """Give the folder of an app, beside an empty home folder."""
    root = tmp_path / "app"
    root.mkdir()
    (tmp_path / "home").mkdir()
    (root / "app.arc").write_text("@app\nmyapp\n@http\nget /\n")
    return root


def env(app: Path, *arguments: str) -> Result:
    runner = CliRunner(env={"HOME": str(app.parent / "home")})
    return runner.invoke(main, ["env", "--cwd", str(app), *arguments])


def test_env_makes_preferences_where_there_are_none(app: Path) -> None:
    """As the documented command does for testing."""
    result = env(app, "-e", "testing", "-a", "ARC_SESSION_TABLE_NAME", "sessions")

    assert (app / "prefs.arc").read_text() == (
        "@env\ntesting\n  ARC_SESSION_TABLE_NAME sessions\n"
    )
    assert result.stdout == ('Set "ARC_SESSION_TABLE_NAME" for testing in prefs.arc.\n')
    assert result.exit_code == 0


@pytest.mark.parametrize(
    "name", ["prefs.arc", "preferences.arc", ".prefs.arc", ".preferences.arc"]
)
def test_env_writes_into_the_preferences_that_are_there(app: Path, name: str) -> None:
    """Under whichever name, with what stands in them left as it is."""
    (app / name).write_text("# mine\n@env\ntesting\n  A 1 # why\n")

    env(app, "-e", "testing", "-a", "A", "2")

    assert (app / name).read_text() == "# mine\n@env\ntesting\n  A 2 # why\n"


def test_env_writes_testing_into_dotenv_where_there_is_one(app: Path) -> None:
    """That file stands in place of all of @env; its mode and link stay."""
    target = app.parent / "shared.env"
    target.write_text("# mine\nA=1\n")
    target.chmod(0o640)
    (app / ".env").symlink_to(target)

    env(app, "-e", "testing", "-a", "B", "two words")

    assert target.read_text() == "# mine\nA=1\nB='two words'\n"
    assert target.stat().st_mode & 0o777 == 0o640
    assert (app / ".env").is_symlink()
    assert [path.name for path in app.parent.glob("shared*")] == ["shared.env"]


def test_env_removes(app: Path) -> None:
    """The line goes, the others stay."""
    (app / ".env").write_text("A=1\nB=2\n")

    result = env(app, "-e", "testing", "-r", "A")

    assert (app / ".env").read_text() == "B=2\n"
    assert result.stdout == 'Removed "A" for testing from .env.\n'


@pytest.mark.parametrize("stage", ["staging", "production"])
def test_env_says_that_nothing_is_uploaded(app: Path, stage: str) -> None:
    """The value is used here when ARC_ENV says so, and AWS never hears of it."""
    result = env(app, "-e", stage, "-a", "A", "1")

    assert (app / "prefs.arc").read_text() == f"@env\n{stage}\n  A 1\n"
    assert "Nothing was uploaded" in result.stdout
    assert f"ARC_ENV={stage}" in result.stdout


def test_env_says_that_dotenv_hides_other_stages(app: Path) -> None:
    """It is written, and yet unused while that file is there."""
    (app / ".env").write_text("A=1\n")

    result = env(app, "-e", "staging", "-a", "B", "1")

    assert (app / ".env").read_text() == "A=1\n"
    assert "Beside .env it stays unused" in result.stderr


def test_env_says_that_the_project_hides_the_home_folder(app: Path) -> None:
    """A project's @env stands in place of the developer's global one."""
    home = app.parent / "home" / "prefs.arc"
    home.write_text("@env\ntesting\n  GLOBAL 1\n")

    result = env(app, "-e", "testing", "-a", "A", "1")

    assert "Hidden for testing now: GLOBAL." in result.stderr


def test_env_lists(app: Path) -> None:
    """All stages, or the one that is named."""
    (app / "prefs.arc").write_text("@env\ntesting\n  A 1\n  LONG two words\n")

    assert env(app).stdout == (
        "testing:\n  A     1\n  LONG  two words\n\nstaging: none\n\nproduction: none\n"
    )
    assert env(app, "-e", "staging").stdout == "staging: none\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-e", "testing", "-a", "A-B", "1"], '"A-B" is not the name of a variable.'),
        (["-e", "testing", "-a", "ARC_ENV", "x"], "is set by Architect itself"),
        (["-e", "testing", "-a", "AWS_REGION", "x"], "Lambda refuses"),
        (["-e", "testing", "-a", "A"], "1 words are given."),
        (["-e", "testing", "-r", "A", "B"], "2 words are given."),
        (["-e", "testing", "-r", "NOPE"], '"NOPE" is not set for testing'),
        (["-e", "testing", "-a", "-r", "A"], "-a and -r are both given."),
        (["-a", "A", "1"], "The stage is not given."),
        (["A"], '"A" is given without -a or -r.'),
        (["-e", "local", "-a", "A", "1"], "'local' is not one of"),
        (["-e", "testing", "-a", "A", "'\"`"], 'hold the value of "A"'),
    ],
)
def test_env_refuses(app: Path, arguments: list[str], message: str) -> None:
    """With one message, and nothing is written."""
    result = env(app, *arguments)

    assert result.exit_code == 2
    assert message in result.stderr
    assert sorted(path.name for path in app.iterdir()) == ["app.arc"]


def test_env_leaves_a_file_that_it_cannot_read(app: Path) -> None:
    """A file that is no UTF-8 would not come back as it was."""
    (app / "prefs.arc").write_bytes(b"@env\ntesting\n  A '\xff'\n")

    result = env(app, "-e", "testing", "-a", "B", "1")

    assert result.exit_code == 1
    assert "It must be a text file in UTF-8" in result.stderr
    assert (app / "prefs.arc").read_bytes() == b"@env\ntesting\n  A '\xff'\n"
