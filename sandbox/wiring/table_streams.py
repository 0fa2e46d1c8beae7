"""What operations have changed in tables → events for functions of @tables-streams."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import count
from typing import TYPE_CHECKING, Protocol, TypeAlias

from sandbox.bus.event_bus import EventBus
from sandbox.clock import MovableClock
from sandbox.json_value import JsonValue
from sandbox.project.model import Function, Project, Stage
from sandbox.project.table_names import physical_name, table_stage

if TYPE_CHECKING:
    from sandbox.tables.stored_table import Change

FunctionsByTable: TypeAlias = Mapping[str, Sequence[Function]]
"""By the table's physical name."""

BATCH_SIZE = 10
"""How many records an event has at most (`@architect/package`, "tables-streams")."""


class Streaming(Protocol):
    """What streams need of a sandbox: `sandbox.sandbox.Sandbox`."""

    clock: MovableClock
    bus: EventBus

    @property
    def stage(self) -> Stage:
        """The stage whose tables functions use."""
        ...


class TableStreams:
    """Hears of every change, and passes on those that a function is there for.

    Called with the tables locked, so that it only makes the events and hands them on;
    they come in the order of the changes.

    Args:
        sandbox: its bus delivers.
        project: gives the app as it was read last; asked at each change, as to look
            at the disk might wait for whoever waits for the tables.
    """

    def __init__(
        self, sandbox: Streaming, project: Callable[[], Project | None]
    ) -> None:
        self._sandbox = sandbox
        self._project = project
        self._numbers = count(1)
        self._known: tuple[Project | None, FunctionsByTable] = (None, {})

    def follow(self, changes: Iterable["Change"], *, is_expiry: bool) -> None:
        """Deliver what is new to the functions of each table."""
        project = self._project()
        functions = self._functions_of(project)
        if project is None or not functions:
            return
        # With moto, which an app without tables never imports.
        from sandbox.tables.stream_records import stream_record

        records: dict[str, list[JsonValue]] = {}
        for change in changes:
            name = change.table.name
            if name not in functions:
                continue
            record = stream_record(
                change,
                region=project.region,
                now_epoch=self._sandbox.clock.now_epoch(),
                number=next(self._numbers),
                is_expiry=is_expiry,
            )
            if record is not None:
                records.setdefault(name, []).append(record)
        for name, found in records.items():
            for start in range(0, len(found), BATCH_SIZE):
                for function in functions[name]:
                    batch = found[start : start + BATCH_SIZE]
                    self._sandbox.bus.post(function, {"Records": batch})

    def _functions_of(self, project: Project | None) -> FunctionsByTable:
        if project is None:
            return {}
        if self._known[0] is not project:
            found: dict[str, list[Function]] = {}
            for function in project.functions:
                if function.table is not None:
                    stage = table_stage(self._sandbox.stage)
                    name = physical_name(project.name, stage, function.table)
                    found.setdefault(name, []).append(function)
            self._known = project, found
        return self._known[1]
