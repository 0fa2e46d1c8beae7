"""Runs the scenarios named on the command line; prints a table, writes JSON."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.benchmarks import contenders
from tests.benchmarks.fresh import route, save, start
from tests.benchmarks.growth import growth
from tests.benchmarks.layers import layers
from tests.benchmarks.memory import memory
from tests.benchmarks.report import Measurement, table, write_json
from tests.benchmarks.rounds import Plan, Scenario
from tests.benchmarks.warm import hello, session

SCENARIOS: dict[str, Scenario] = {
    "hello": hello,
    "session": session,
    "save": save,
    "route": route,
    "start": start,
    "memory": memory,
    "layers": layers,
    "growth": growth,
}
_COLUMNS = (
    contenders.OURS,
    contenders.FLOOR,
    contenders.PEER,
    contenders.OFFLINE,
    contenders.OFFLINE_RELOADING,
    contenders.FRAMEWORK,
)


def main() -> None:
    """Measure as asked."""
    asked = _options().parse_args()
    peers = contenders.Peers(asked.peers.resolve()) if asked.peers else None
    if peers:
        peers.install()
    measured: list[Measurement] = []
    for name in asked.scenarios or SCENARIOS:
        with tempfile.TemporaryDirectory() as folder:
            plan = Plan(
                folder=Path(folder),
                peers=peers,
                rounds=asked.rounds,
                seconds=asked.seconds,
                requests=asked.requests,
            )
            found = SCENARIOS[name](plan)
        names = dict.fromkeys([*_COLUMNS, *(one.contender for one in found)])
        sys.stdout.write(f"\n## {name}\n\n{table(found, list(names))}\n")
        sys.stdout.flush()
        measured += found
        if asked.json:
            write_json(measured, asked.json)


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser("python -m tests.benchmarks", description=__doc__)
    options.add_argument(
        "scenarios",
        nargs="*",
        choices=[*SCENARIOS, []],  # Python 3.11 looks for the default among them
        metavar="scenario",
        help=f"{', '.join(SCENARIOS)}; all of them where none is named",
    )
    options.add_argument("--peers", type=Path, help="folder to install the peers into")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seconds", type=float, default=1.0)
    options.add_argument("--requests", type=int, default=50_000)
    options.add_argument("--json", type=Path, help="file for every value measured")
    return options


if __name__ == "__main__":
    main()
