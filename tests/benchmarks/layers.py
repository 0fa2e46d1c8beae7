"""Scenario `layers`: where the time of a session request goes, and boto3's part."""

import http.client
import importlib.util
import json
import os
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

from sandbox.clock import MovableClock
from sandbox.project.load import load_project
from sandbox.tables.store import TableStore
from tests.benchmarks import apps, contenders
from tests.benchmarks.contenders import Contender
from tests.benchmarks.processes import ask
from tests.benchmarks.report import CALLS, Measurement, median_ms
from tests.benchmarks.rounds import WARM_UP_SECONDS, Entry, Plan, Tally, started
from tests.files import write_files

_TIMED = """import time

import arc
import botocore.client
import botocore.httpsession

spent = {"boto3": 0.0, "wire": 0.0}


def timed(layer, function):
    def call(*arguments, **named):
        began = time.perf_counter()
        try:
            return function(*arguments, **named)
        finally:
            spent[layer] += (time.perf_counter() - began) * 1000

    return call


botocore.client.BaseClient._make_api_call = timed(
    "boto3", botocore.client.BaseClient._make_api_call
)
botocore.httpsession.URLLib3Session.send = timed(
    "wire", botocore.httpsession.URLLib3Session.send
)


def handler(request, context):
    spent.update(boto3=0.0, wire=0.0)
    began = time.perf_counter()
    session = arc.http.session_read(request)
    session["count"] = int(session.get("count", 0)) + 1
    answer = arc.http.res(request, {"session": session, "json": {}})
    handler_ms = (time.perf_counter() - began) * 1000
    return {**answer, "headers": {"x-spent": repr({"handler": handler_ms, **spent})}}
"""


def layers(plan: Plan) -> list[Measurement]:
    """Measure the layers of a session request, and single operations by boto3."""
    return [*_session_layers(plan), *_operations(plan)]


def _session_layers(plan: Plan) -> list[Measurement]:
    """Give each layer what is spent in it and in no layer below it."""
    tally = Tally("a session request in a table")
    app = apps.session_app(plan.folder / "layers", store="table")
    source = _TIMED.replace('"headers": {', '"headers": {**answer["headers"], ')
    write_files(app, {"src/http/post-count/index.py": source})
    entry = Entry(contender=contenders.ours(), app=app, method="POST", path="/count")
    for _ in range(plan.rounds):
        with started([entry]) as (one,):
            whole, handler, boto3, wire = _spent(one.port)
        moto = _store_ms(app)
        tally.add("whole, ms", contenders.OURS, whole)
        tally.add("server, gateway, pipe, ms", contenders.OURS, whole - handler)
        tally.add("handler and helper, ms", contenders.OURS, handler - boto3)
        tally.add("boto3, ms", contenders.OURS, boto3 - wire)
        tally.add("wire, ms", contenders.OURS, wire - moto)
        tally.add("tables (moto), ms", contenders.OURS, moto)
    return tally.measurements()


def _spent(port: int) -> tuple[float, ...]:
    """Give medians: whole, handler, boto3 and wire, each with all below it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    rows = []
    cookie = ""
    warm = time.perf_counter() + WARM_UP_SECONDS
    while time.perf_counter() < warm or len(rows) < CALLS:
        began = time.perf_counter()
        connection.request("POST", "/count", headers={"Cookie": cookie})
        answer = connection.getresponse()
        answer.read()
        whole = (time.perf_counter() - began) * 1000
        cookie = (answer.getheader("set-cookie") or "").partition(";")[0]
        spent = re.findall(r": ([\d.]+)", answer.getheader("x-spent") or "")
        rows.append((whole, *map(float, spent)))
    connection.close()
    return tuple(map(statistics.median, zip(*rows[-CALLS:], strict=True)))


def _store_ms(app: Path) -> float:
    """Give what one get and one put of a session cost, called in process."""
    store = TableStore(clock=MovableClock())
    store.apply(load_project(app, home=None, environ={}))
    table = "bench-staging-sessions"
    item = {
        "_idx": {"S": "a" * 24},
        "_secret": {"S": "b" * 24},
        "_ttl": {"N": "99999999999"},
        "count": {"N": "1"},
    }
    key = {"_idx": item["_idx"]}

    def both() -> None:
        store.call("GetItem", {"TableName": table, "Key": key})
        store.call("PutItem", {"TableName": table, "Item": item})

    result = median_ms(both)
    store.close()
    return result


def _operations(plan: Plan) -> list[Measurement]:
    tally = Tally("boto3")
    app = apps.session_app(plan.folder / "operations", store="table")
    null = contenders.floor()
    programs = [(null, ["--null"], null.name), (contenders.ours(), [], contenders.OURS)]
    if plan.peers:
        programs.append((contenders.peer(plan.peers), [], contenders.PEER))
    if importlib.util.find_spec("flask"):
        programs.append((_moto_server(), [], "moto's own server"))
    for _ in range(plan.rounds):
        for contender, flags, name in programs:
            for operation, ms in _asked(contender, app, flags).items():
                tally.add(f"{operation}, ms", name, ms)
    return tally.measurements()


def _asked(contender: Contender, app: Path, flags: list[str]) -> dict[str, float]:
    program, port = contender.start(app)
    with program:
        if contender.name not in (contenders.OURS, contenders.PEER):
            _wait_listening(port)
            return _boto3_medians(port, flags)
        program.wait_answer(port, "POST", "/count")
        return _boto3_medians(program.ports["tables"], flags)


def _wait_listening(port: int) -> None:
    deadline = time.perf_counter() + 30
    while time.perf_counter() < deadline:
        try:
            ask(port, "GET", "/")
        except OSError:
            time.sleep(0.01)
        else:
            return
    raise RuntimeError(f"nothing listens on port {port}")


def _boto3_medians(port: int, flags: list[str]) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.dynamo", f"--port={port}"]
    done = subprocess.run([*command, *flags], capture_output=True, check=True)
    medians: dict[str, float] = json.loads(done.stdout)
    return medians


def _moto_server() -> Contender:
    program = [sys.executable, "-m", "moto.server"]
    return Contender(
        name="moto's own server",
        command=lambda port: [*program, "--port", str(port)],
        environ={"PATH": os.environ["PATH"]},
    )
