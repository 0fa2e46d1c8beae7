"""Scenario `growth`: what routes, session rows and files cost, as they become many.

Draws `cost-against-size.png` beside itself.
"""

import time
from collections.abc import Iterable
from pathlib import Path

from sandbox.clock import MovableClock
from sandbox.project.load import load_project
from sandbox.tables.store import TableStore
from tests.benchmarks import apps, contenders
from tests.benchmarks.fresh import save_ms
from tests.benchmarks.report import Measurement, median_ms, ratio
from tests.benchmarks.rounds import WARM_UP_SECONDS, Entry, Plan, Running, Tally, load
from tests.files import write_files

_PICTURE = Path(__file__).with_name("cost-against-size.png")
_ROUTES = (3, 100, 300, 1_000)
_ROWS = (100, 1_000, 10_000, 100_000)
_ROW_ROUNDS = 5
"""In each round: these are quick, and one interruption would hide the rest."""
_FILES = (10, 1_000, 3_000, 10_000)


def growth(plan: Plan) -> list[Measurement]:
    """Measure each size, and draw what it costs against the smallest."""
    measured = [*_routes(plan), *_files(plan), *_rows(plan)]
    _draw(measured)
    return measured


def _routes(plan: Plan) -> list[Measurement]:
    entries = {
        n: apps.hello_app(plan.folder / f"routes-{n}", routes=n) for n in _ROUTES
    }
    return _served(plan, "routes", entries)


def _files(plan: Plan) -> list[Measurement]:
    entries = {}
    for count in _FILES:
        app = apps.hello_app(plan.folder / f"files-{count}", routes=3)
        files = {f"src/lib/d{n // 100}/f{n}.txt": "text" for n in range(count)}
        entries[count] = write_files(app, files)
    return _served(plan, "files", entries)


def _served(plan: Plan, what: str, by_size: dict[int, Path]) -> list[Measurement]:
    """Measure start, a request and a save with apps of several sizes, by rounds."""
    tally = Tally(f"cost against {what}")
    ours = contenders.ours()
    for _ in range(plan.rounds):
        for size, app in by_size.items():
            program, port = ours.start(app)
            with program:
                began = program.wait_answer(port)
                one = Running(Entry(contender=ours, app=app), program, port)
                tally.add("start, ms", f"{size:,}", began * 1000)
                load(one, seconds=WARM_UP_SECONDS)
                request = load(one, seconds=plan.seconds)
                tally.add("request p50, ms", f"{size:,}", request.p50_ms)
                saves = [save_ms(one, apps.HELLO, n) for n in range(3)]
                tally.add("save, ms", f"{size:,}", sorted(saves)[1])
    return tally.measurements()


def _rows(plan: Plan) -> list[Measurement]:
    """Measure operations and expiry with so many sessions in the table."""
    tally = Tally("cost against rows")
    app = apps.session_app(plan.folder / "rows", store="table")
    project = load_project(app, home=None, environ={})
    stores = {}
    for size in _ROWS:
        clock = MovableClock()
        store = TableStore(clock=clock)
        store.apply(project)
        _fill(store, range(size), int(clock.now_epoch()) + 3600)
        stores[size] = (store, clock)
    for number in range(plan.rounds * _ROW_ROUNDS):
        for size, (store, clock) in stores.items():
            for figure, ms in _row_figures(store, clock, number).items():
                tally.add(figure, f"{size:,}", ms)
    for store, _ in stores.values():
        store.close()
    return tally.measurements()


_TABLE = "bench-staging-sessions"


def _fill(store: TableStore, numbers: Iterable[int], expires_epoch: int) -> None:
    for number in numbers:
        item = {"_idx": {"S": f"s{number}"}, "_ttl": {"N": str(expires_epoch)}}
        store.call("PutItem", {"TableName": _TABLE, "Item": item})


def _row_figures(
    store: TableStore, clock: MovableClock, number: int
) -> dict[str, float]:
    key = {"_idx": {"S": "s5"}}
    item = {**key, "_ttl": {"N": str(int(clock.now_epoch()) + 3600)}}
    soon = int(clock.now_epoch()) + 60
    _fill(store, (f"-{number}-{n}" for n in range(10)), soon)
    clock.advance(61)
    began = time.perf_counter()
    expired = store.expire()
    expiry_ms = (time.perf_counter() - began) * 1000
    clock.advance(-61)
    if expired != 10:
        raise RuntimeError(f"{expired} rows expired, not 10")
    return {
        "GetItem, ms": median_ms(
            lambda: store.call("GetItem", {"TableName": _TABLE, "Key": key})
        ),
        "PutItem, ms": median_ms(
            lambda: store.call("PutItem", {"TableName": _TABLE, "Item": item})
        ),
        "expiry of 10, ms": expiry_ms,
        "list of 25, ms": median_ms(
            lambda: store.call("Scan", {"TableName": _TABLE, "Limit": 25})
        ),
    }


def _draw(measured: list[Measurement]) -> None:
    # An extra of its own: whoever measures speed alone need not have it.
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    scenarios = list(dict.fromkeys(each.scenario for each in measured))
    figure, places = pyplot.subplots(1, len(scenarios), figsize=(12, 3.6), sharey=True)
    for place, scenario in zip(places, scenarios, strict=True):
        for name, points in _relative(measured, scenario).items():
            place.plot(*zip(*points, strict=True), marker="o", label=name)
        place.axhline(1.5, color="grey", linestyle=":", linewidth=1)
        place.set(
            xscale="log", xlabel=scenario.removeprefix("cost against "), ylim=(0, 2)
        )
        place.legend(fontsize=8)
    places[0].set_ylabel("times the smallest app's figure")
    figure.tight_layout()
    figure.savefig(_PICTURE, dpi=110)


def _relative(
    measured: list[Measurement], scenario: str
) -> dict[str, list[tuple[int, float]]]:
    """Give each figure's sizes, and how many times the smallest app's it is."""
    lines: dict[str, list[tuple[int, float]]] = {}
    smallest: dict[str, Measurement] = {}
    for each in measured:
        if each.scenario == scenario:
            first = smallest.setdefault(each.figure, each)
            size = int(each.contender.replace(",", ""))
            points = lines.setdefault(each.figure.removesuffix(", ms"), [])
            points.append((size, ratio(each, first)))
    return lines
