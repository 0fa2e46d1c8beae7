"""Interleaved rounds: every contender is asked in every round, none is alone."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.contenders import Contender, Peers
from tests.benchmarks.load import Figures
from tests.benchmarks.processes import Program
from tests.benchmarks.report import Measurement

WARM_UP_SECONDS = 3.0
"""Longer than files count as just saved, which each contender's caches mistrust."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run was asked for."""

    folder: Path
    """For apps and logs; empty at first."""
    peers: Peers | None
    rounds: int
    seconds: float
    """Of one measurement under load."""
    requests: int
    """Of the memory scenario."""


@dataclass(slots=True)
class Tally:
    """Collects one scenario's values by figure and contender."""

    scenario: str
    _values: dict[tuple[str, str], list[float]] = field(default_factory=dict)

    def add(self, figure: str, contender: str, value: float) -> None:
        """Note one value."""
        self._values.setdefault((figure, contender), []).append(value)

    def measurements(self) -> list[Measurement]:
        """Give what was noted."""
        return [
            Measurement(
                scenario=self.scenario,
                figure=figure,
                contender=contender,
                values=tuple(values),
            )
            for (figure, contender), values in self._values.items()
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A contender, the app it serves, and what is asked of it."""

    contender: Contender
    app: Path
    method: str = "GET"
    path: str = "/"
    cookies: bool = False
    label: str = ""

    @property
    def name(self) -> str:
        return self.label or self.contender.name


@dataclass(frozen=True, slots=True)
class Running:
    """An entry that answers."""

    entry: Entry
    program: Program
    port: int


@contextmanager
def started(entries: Sequence[Entry]) -> Iterator[list[Running]]:
    """Start every entry and have it answer once; ends them all."""
    with ExitStack() as stack:
        running = []
        for entry in entries:
            program, port = entry.contender.start(entry.app)
            stack.enter_context(program)
            program.wait_answer(port, entry.method, entry.path)
            running.append(Running(entry, program, port))
        yield running


def load(
    one: Running, *, connections: int = 1, seconds: float = 1.0, most: int = 0
) -> Figures:
    """Measure one contender under load, from a process of its own."""
    entry = one.entry
    command = [sys.executable, "-m", "tests.benchmarks.load", f"--port={one.port}"]
    command += [f"--method={entry.method}", f"--path={entry.path}"]
    command += [f"--connections={connections}", f"--seconds={seconds}"]
    command += [f"--most={most}", *(["--cookies"] if entry.cookies else [])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{entry.name}: {done.stderr[-800:]}")
    return Figures(**json.loads(done.stdout))


def warm_rounds(
    plan: Plan, scenario: str, entries: Sequence[Entry], *, connections: int = 8
) -> list[Measurement]:
    """Give latency alone and throughput at so many connections, by rounds."""
    tally = Tally(scenario)
    with started(entries) as running:
        for one in running:
            load(one, connections=connections, seconds=WARM_UP_SECONDS)
        for _ in range(plan.rounds):
            for one in running:
                alone = load(one, seconds=plan.seconds)
                many = load(one, connections=connections, seconds=plan.seconds)
                name = one.entry.name
                tally.add("p50, ms", name, alone.p50_ms)
                tally.add("p90, ms", name, alone.p90_ms)
                tally.add(f"requests/s at {connections}", name, many.per_second)
                tally.add("wrong answers", name, alone.wrong + many.wrong)
    return tally.measurements()


Scenario = Callable[[Plan], list[Measurement]]
