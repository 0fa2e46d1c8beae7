"""`@sandbox ttl` and `ttl-lag`: what they mean, and what is refused with its line."""

import pytest

from sandbox.errors import ProjectError
from sandbox.project.expiry_preferences import expiry_lag_seconds, expiry_mode
from sandbox.project.load import usable
from tests.project.conftest import Load

APP = {"app.arc": "@app\nmyapp\n"}


@pytest.mark.parametrize(
    ("written", "mode", "lag_seconds"),
    [
        ("", "guide", 0),
        ("ttl aws", "aws", 0),
        ("ttl guide\nttl-lag 48h", "guide", 172_800),
        ("ttl-lag 1h30m", "guide", 5_400),
        ("ttl-lag 0s", "guide", 0),
    ],
)
def test_expiry_preferences_are_read(
    load: Load, written: str, mode: str, lag_seconds: float
) -> None:
    """Each by itself, with the guide's promise as the default."""
    project = load(APP | {"prefs.arc": f"@sandbox\nlivereload true\n{written}\n"})
    settings = project.preferences.settings["sandbox"]

    assert expiry_mode(settings) == mode
    assert expiry_lag_seconds(settings) == lag_seconds


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("ttl never", 'prefs.arc:2:1: @sandbox ttl is "never".'),
        ("ttl true", 'prefs.arc:2:1: @sandbox ttl is "true".'),
        ("ttl aws guide", 'prefs.arc:2:1: @sandbox ttl is "aws guide".'),
        ("ttl-lag 48", 'prefs.arc:2:1: @sandbox ttl-lag is "48".'),
        ("ttl-lag -2h", 'prefs.arc:2:1: @sandbox ttl-lag is "-2h".'),
        ("ttl-lag soon", 'prefs.arc:2:1: @sandbox ttl-lag is "soon".'),
    ],
)
def test_expiry_preferences_that_mean_nothing_are_refused(
    load: Load, written: str, message: str
) -> None:
    """With file, line and what to write, among all other problems."""
    with pytest.raises(ProjectError) as refusal:
        usable(load(APP | {"prefs.arc": f"@sandbox\n{written}\n"}))

    (problem,) = refusal.value.problems
    assert str(problem).startswith(message)
    assert problem.remedy.startswith("Write ")
