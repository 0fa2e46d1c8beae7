"""Which of flags, preferences and defaults decides."""

from collections.abc import Mapping

import pytest

from sandbox.errors import ProjectError
from sandbox.json_value import JsonValue
from sandbox.options import Options, PortChoice, pending, resolve
from sandbox.project.model import Preferences


def preferences(**sandbox: JsonValue) -> Preferences:
    settings: Mapping[str, Mapping[str, JsonValue]] = {"sandbox": sandbox}
    return Preferences(settings=settings)


def test_resolve_gives_architects_defaults_on_loopback() -> None:
    """Nothing asked: loopback, 3333, and only the other ports may move."""
    settings = resolve(Options(), Preferences())

    assert settings.host == "127.0.0.1"
    assert settings.stage == "testing"
    assert settings.http == PortChoice(number=3333, may_move=False)
    assert settings.tables == PortChoice(number=5555, may_move=True)
    assert settings.internal == PortChoice(number=2222, may_move=True)
    assert settings.events == PortChoice(number=4444, may_move=True)


def test_resolve_lets_preferences_beat_defaults() -> None:
    """`@sandbox ports` and `@sandbox env` are heard, and a port asked for stays."""
    asked = preferences(ports={"http": 8080, "tables": 8081}, env="staging")

    settings = resolve(Options(), asked)

    assert settings.http == PortChoice(number=8080, may_move=False)
    assert settings.tables == PortChoice(number=8081, may_move=False)
    assert settings.stage == "staging"


def test_resolve_lets_flags_beat_preferences() -> None:
    """What was typed for this start wins."""
    asked = preferences(ports={"http": 8080}, env="staging")

    settings = resolve(Options(http_port=0, stage="production"), asked)

    assert settings.http == PortChoice(number=0, may_move=False)
    assert settings.stage == "production"


@pytest.mark.parametrize(
    "options",
    [
        Options(http_port=3490, tables_port=3490),
        Options(tables_port=3333),
        Options(tables_port=4000, internal_port=4000),
        Options(events_port=4000, internal_port=4000),
    ],
)
def test_resolve_refuses_one_port_for_two_servers(options: Options) -> None:
    """The second would tell that another program holds it: the sandbox itself."""
    with pytest.raises(ProjectError, match=r"port and the .* port are both \d+"):
        resolve(options, Preferences())


def test_resolve_lets_other_ports_give_way() -> None:
    """Those that nobody has named move by themselves; 0 is any that is free."""
    free = PortChoice(number=0, may_move=True)
    assert resolve(Options(http_port=5555), Preferences()).tables == free
    assert resolve(Options(http_port=4444), Preferences()).events == free
    assert resolve(Options(http_port=0, tables_port=0), Preferences()).http.number == 0


@pytest.mark.parametrize(
    ("options", "edited", "waiting"),
    [
        (Options(), {}, ()),
        (Options(), {"livereload": False}, ()),
        (Options(), {"ports": {"http": 4000}}, ("port 3333 → 4000",)),
        (Options(http_port=3333), {"ports": {"http": 4000}}, ()),
        (
            Options(),
            {"ports": {"events": 4000}},
            ("port of the messages 4444 → 4000",),
        ),
        (
            Options(),
            {"env": "staging", "persist": True},
            ("stage testing → staging", "tables in memory → on disk"),
        ),
    ],
)
def test_pending_is_what_another_start_would_change(
    options: Options, edited: dict[str, JsonValue], waiting: tuple[str, ...]
) -> None:
    """What flags decide does not wait for anything."""
    running = resolve(options, preferences())

    assert pending(running, resolve(options, preferences(**edited))) == waiting
