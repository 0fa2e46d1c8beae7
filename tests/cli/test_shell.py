"""What commands take from the environment, each the same."""

from pathlib import Path

import pytest

from sandbox.cli.shell import home_folder, shell_options
from sandbox.notice import Notice


@pytest.mark.parametrize(
    ("environ", "stage", "told"),
    [
        ({}, None, 0),
        ({"ARC_ENV": ""}, None, 0),
        ({"ARC_ENV": "production"}, "production", 0),
        ({"ARC_ENV": "Production"}, "testing", 1),
    ],
)
def test_the_stage_is_one_that_there_is(
    environ: dict[str, str], stage: str | None, told: int
) -> None:
    """A wrong ARC_ENV is told, and never stands for a deployed stage."""
    said: list[Notice] = []

    options = shell_options(environ, say=said.append)

    assert (options.stage, len(said)) == (stage, told)
    assert options.shell == environ


def test_a_system_may_have_no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user id without an entry, as in containers, and no HOME: no preferences."""

    def no_home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", no_home)

    assert home_folder() is None
    assert shell_options({}, say=print).home is None
