"""Scenario `memory`: the proportional set size of each contender's process tree."""

import time

from tests.benchmarks import apps, contenders
from tests.benchmarks.processes import ask
from tests.benchmarks.report import Measurement
from tests.benchmarks.rounds import Entry, Plan, Tally, load, started

_FUNCTIONS = 100
_SETTLING_SECONDS = 2.0


def memory(plan: Plan) -> list[Measurement]:
    """Measure at rest, after a hundred functions, and over many requests."""
    return [*_at_rest_and_spread(plan), *_over_time(plan)]


def _at_rest_and_spread(plan: Plan) -> list[Measurement]:
    tally = Tally("memory")
    app = apps.hello_app(plan.folder / "memory", routes=_FUNCTIONS)
    entries = [Entry(contender=contenders.ours(), app=app)]
    if plan.peers:
        other = apps.serverless_app(
            plan.folder / "memory-serverless",
            node_modules=plan.peers.node_modules,
            functions=_FUNCTIONS,
        )
        offline = contenders.serverless(plan.peers, reloads=False)
        entries += [
            Entry(contender=contenders.peer(plan.peers), app=app),
            Entry(contender=offline, app=other),
        ]
    for entry in entries:
        with started([entry]) as (one,):
            time.sleep(_SETTLING_SECONDS)
            tally.add("at rest, MB", entry.name, one.program.memory_mb())
            for number in range(1, _FUNCTIONS):
                ask(one.port, "GET", f"/route{number}")
            time.sleep(_SETTLING_SECONDS)
            figure = f"{_FUNCTIONS} functions called once, MB"
            tally.add(figure, entry.name, one.program.memory_mb())
    return tally.measurements()


def _over_time(plan: Plan) -> list[Measurement]:
    """Weigh ours every fifth of the way, on sessions in a table."""
    tally = Tally("memory")
    app = apps.session_app(plan.folder / "memory-session", store="table")
    ours = contenders.ours()
    entry = Entry(contender=ours, app=app, method="POST", path="/count", cookies=True)
    with started([entry]) as (one,):
        step = plan.requests // 5
        load(one, connections=8, seconds=600, most=2000)
        tally.add(
            "after 2,000 session requests, MB", ours.name, one.program.memory_mb()
        )
        for number in range(1, 6):
            load(one, connections=8, seconds=600, most=step)
            figure = f"after {number * step:,} more, MB"
            tally.add(figure, ours.name, one.program.memory_mb())
    return tally.measurements()
