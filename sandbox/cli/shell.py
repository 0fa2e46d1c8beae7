"""Takes the environment of a command, gives the options that it asks for."""

from collections.abc import Callable, Mapping
from pathlib import Path

from sandbox.notice import Notice
from sandbox.options import Options
from sandbox.project.model import STAGES, Stage


def home_folder() -> Path | None:
    """Give the developer's home folder, or None where the system has none."""
    try:
        return Path.home()
    except RuntimeError:
        return None


def shell_options(
    environ: Mapping[str, str], *, say: Callable[[Notice], None]
) -> Options:
    """Give what every command that looks at an app as it runs takes from outside.

    Args:
        environ: the command's environment, of which ARC_ENV is the stage.
        say: told of a stage that there is not.
    """
    stage = _stage(environ.get("ARC_ENV"), say)
    return Options(stage=stage, shell=dict(environ), home=home_folder())


def _stage(value: str | None, say: Callable[[Notice], None]) -> Stage | None:
    if not value:
        return None
    stage = next((stage for stage in STAGES if stage == value), None)
    if stage is None:
        text = f'ARC_ENV is "{value}", which is not a stage: testing is used.'
        say(Notice(level="warning", text=text))
    return stage or "testing"
