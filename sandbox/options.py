"""What a person asked of a sandbox, and the addresses and settings that follow from it.

Takes flags and variables (`Options`) and the project's preferences; gives `Settings`.
Flags beat variables, which the command line has folded into `Options`; both beat
`@sandbox ports` and `@sandbox env` of the preferences; those beat the defaults.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from sandbox.backing import (
    Backing,
    Wishes,
    backing_notices,
    choose_backing,
    effective_stage,
    functions_shell,
)
from sandbox.errors import Problem, ProjectError
from sandbox.json_value import JsonValue
from sandbox.project.model import ApiType, Preferences, Stage

LOOPBACK = "127.0.0.1"
DEFAULT_PORTS: Mapping[str, int] = {
    "http": 3333,
    "events": 4444,
    "tables": 5555,
    "internal": 2222,
}
_PLACES: Mapping[Backing, str] = {
    "memory": "in memory",
    "disk": "on disk",
    "external": "in another database",
    "aws": "in AWS",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """How the app's port speaks TLS; without files, by a certificate of the user's."""

    certificate: Path | None = None
    key: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was asked for by name; None where nothing was."""

    host: str | None = None
    http_port: int | None = None
    """0 takes any free port, as for the others."""
    tables_port: int | None = None
    internal_port: int | None = None
    events_port: int | None = None
    stage: Stage | None = None
    api_type: ApiType | None = None
    watch: bool = True
    wishes: Wishes = field(default_factory=Wishes)
    """Where tables are to be."""
    shell: Mapping[str, str] = field(default_factory=dict)
    """The environment of the process that runs the sandbox."""
    home: Path | None = None
    """Where global preferences are looked for."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables that functions see beside those of `.env`; these win."""
    tls: Tls | None = None
    """Where given, the app is served over HTTPS."""
    inspector_token: str | None = None
    """Where given, the internal port listens where `host` says, for who knows it."""

    @classmethod
    def for_program(
        cls,
        shell: Mapping[str, str],
        *,
        environment: Mapping[str, str] | None = None,
    ) -> Self:
        """Give what suits a sandbox inside a program: free ports, and no watching.

        Several such sandboxes run side by side, and whose machine it is makes no
        difference: global preferences are left out. Tables are its own and go with
        it, whatever the preferences say: no test touches data that somebody keeps.
        """
        return cls(
            http_port=0,
            tables_port=0,
            internal_port=0,
            events_port=0,
            watch=False,
            wishes=Wishes(persist=False, external_db=False, use_aws=False),
            shell=shell,
            environment=environment or {},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PortChoice:
    """A port to bind, and whether another may be taken where it is busy."""

    number: int
    may_move: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a sandbox is started with, every question answered."""

    host: str
    stage: Stage
    http: PortChoice
    tables: PortChoice
    internal: PortChoice
    events: PortChoice
    backing: Backing
    shell: Mapping[str, str]
    """What of the sandbox's own environment functions may see."""
    notices: tuple[str, ...]
    """What follows, and is told at start."""

    @property
    def serves_tables(self) -> bool:
        """Whether the sandbox has tables of its own."""
        return self.backing in ("memory", "disk")

    @property
    def foreign_tables_port(self) -> int | None:
        """Where helpers find tables that the sandbox does not serve; None in AWS."""
        return self.tables.number if self.backing == "external" else None


def resolve(options: Options, preferences: Preferences) -> Settings:
    """Give the settings for one start.

    Raises:
        ProjectError: one port for two servers; an external database without a port.
    """
    asked = {
        "http": options.http_port,
        "tables": options.tables_port,
        "internal": options.internal_port,
        "events": options.events_port,
    }
    ports = {name: _port(name, asked[name], preferences) for name in asked}
    wishes = options.wishes
    _check_apart(ports)
    ports = _giving_way(ports)
    stage = options.stage or _preferred_stage(preferences) or "testing"
    stage = effective_stage(stage, wishes, preferences)
    backing = choose_backing(stage, wishes, preferences)
    if backing == "external":
        _check_external(ports["tables"])
    return Settings(
        host=options.host or LOOPBACK,
        stage=stage,
        http=ports["http"],
        tables=ports["tables"],
        internal=ports["internal"],
        events=ports["events"],
        backing=backing,
        shell=functions_shell(options.shell, stage=stage, backing=backing),
        notices=backing_notices(
            backing, stage=stage, wishes=wishes, preferences=preferences
        ),
    )


def pending(running: Settings, wanted: Settings) -> tuple[str, ...]:
    """Say what a sandbox would do otherwise if it were started now.

    Args:
        running: what it was started with.
        wanted: what `resolve` gives now, as the preferences were edited.
    """
    before, after = _startup_facts(running), _startup_facts(wanted)
    return tuple(
        f"{name} {before[name]} → {after[name]}"
        for name in before
        if before[name] != after[name]
    )


def _startup_facts(settings: Settings) -> Mapping[str, str]:
    return {
        "port": str(settings.http.number),
        "port of the tables": str(settings.tables.number),
        "port of the inspector": str(settings.internal.number),
        "port of the messages": str(settings.events.number),
        "stage": settings.stage,
        "tables": _PLACES[settings.backing],
    }


def _check_apart(ports: Mapping[str, PortChoice]) -> None:
    """Refuse one port for two servers, which would look like another program's."""
    named: dict[int, str] = {}
    for name in ("http", "tables", "internal", "events"):
        choice = ports[name]
        other = named.setdefault(choice.number, name)
        if other != name and choice.number and not choice.may_move:
            raise _refused(
                f"The {other} port and the {name} port are both {choice.number}.",
                "Give each one of its own: --port, ARC_TABLES_PORT, ARC_INTERNAL_PORT, "
                "ARC_EVENTS_PORT.",
            )


def _giving_way(ports: Mapping[str, PortChoice]) -> dict[str, PortChoice]:
    """Give any free port to those that nobody named, where another has named theirs.

    Whichever listens first would take it, and be the "other program" that holds it.
    """
    fixed = {choice.number for choice in ports.values() if not choice.may_move}
    return {
        name: PortChoice(number=0, may_move=True)
        if choice.may_move and choice.number in fixed
        else choice
        for name, choice in ports.items()
    }


def _check_external(choice: PortChoice) -> None:
    """Refuse a port that nobody named, as `@architect/sandbox` does."""
    if choice.may_move or not choice.number:
        raise _refused(
            "An external database is asked for, but its port is not given.",
            "Name it: tables 8000, indented below ports under @sandbox, or "
            "ARC_TABLES_PORT=8000.",
        )


def _port(name: str, asked: int | None, preferences: Preferences) -> PortChoice:
    preferred = _preferred_port(name, preferences)
    number = asked if asked is not None else preferred
    if number is not None:
        return PortChoice(number=number, may_move=False)
    # The app's own address is what people type: it never moves by itself.
    return PortChoice(number=DEFAULT_PORTS[name], may_move=name != "http")


def _preferred_port(name: str, preferences: Preferences) -> int | None:
    ports = preferences.sandbox("ports")
    if name == "internal" and _of_mapping(ports, name) is None:
        name = "_arc"
    value = _of_mapping(ports, name)
    return value if isinstance(value, int) else None


def _preferred_stage(preferences: Preferences) -> Stage | None:
    value = preferences.sandbox("env")
    match value:
        case "testing" | "staging" | "production":
            return value
    return None


def _of_mapping(value: JsonValue, key: str) -> JsonValue:
    return value.get(key) if isinstance(value, Mapping) else None


def _refused(message: str, remedy: str) -> ProjectError:
    return ProjectError((Problem(message=message, remedy=remedy),))
