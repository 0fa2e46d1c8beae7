"""Measures tests of a session app: these fixtures beside `@architect/sandbox`.

Run it as a command::

    python tests/benchmarks/bench_fixtures.py [--tests 200] [--peer-tests 20] [--json]

One test is one visitor of the demo `fixtures/apps/counter`: two POST /count and one GET
that must read 2, with a cookie jar. Both sides run the same handlers with the same
`architect-functions`. The peer is used as its module API is: started once, over HTTP,
in one Node process; it needs Node, and ARC_TEST_NODE_MODULES to name a node_modules
folder that has `@architect/sandbox`.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sandbox.testing import SandboxUnderTest

REPOSITORY = Path(__file__).parents[2]
COUNTER = REPOSITORY / "fixtures" / "apps" / "counter"
ROWS = 100
RESETS = 50

TESTS = """
import pytest

@pytest.mark.parametrize("visitor", range({count}))
def test_session_count(arc_client, visitor):
    arc_client.post("/count")
    arc_client.post("/count")
    assert arc_client.get("/api/session").json()["count"] == 2
"""
RECORDER = """
import json, time
from pathlib import Path

spent_ms, ready = {}, []

def pytest_runtest_logreport(report):
    spent_ms[report.nodeid] = spent_ms.get(report.nodeid, 0) + report.duration * 1000
    if report.when == "setup" and not ready:
        ready.append(time.time())

def pytest_sessionfinish(session, exitstatus):
    found = {"exit": int(exitstatus), "ready": ready[0], "ms": list(spent_ms.values())}
    Path("found.json").write_text(json.dumps(found))
"""
PEER = """
const { start, end } = require('@architect/sandbox')
const cwd = process.argv[2]
const [port, count] = process.argv.slice(3).map(Number)

async function visit (base) {
  let cookie = ''
  const ask = async (method, path) => {
    const options = { method, redirect: 'manual', headers: { cookie } }
    const answer = await fetch(base + path, options)
    for (const line of answer.headers.getSetCookie()) cookie = line.split(';')[0]
    return answer
  }
  await ask('POST', '/count')
  await ask('POST', '/count')
  const { count } = await (await ask('GET', '/api/session')).json()
  if (count !== 2) throw new Error(`the count is ${count}`)
}

async function main () {
  const begun = performance.now()
  await start({ cwd, port, quiet: true })
  const base = `http://localhost:${port}`
  const ms = []
  let ready
  for (let n = 0; n < count; n++) {
    const before = performance.now()
    await visit(base)
    ms.push(performance.now() - before)
    ready ??= before - begun
  }
  await end()
  require('fs').writeFileSync('found.json', JSON.stringify({ ready, ms }))
  process.exit(0)
}
main().catch(error => { console.error(error); process.exit(1) })
"""


def main() -> int:
    """Measure, and print a table or JSON."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as folder:
        app = Path(folder) / "app"
        shutil.copytree(COUNTER, app)
        figures = {"fixtures": measure_fixtures(app, arguments.tests)}
        figures["fixtures"]["reset_ms"] = measure_reset(app)
        peer = measure_peer(app, arguments.peer_tests)
        if peer is not None:
            figures["@architect/sandbox"] = peer
    print(json.dumps(figures, indent=2) if arguments.json else _table(figures))  # noqa: T201 - a command
    return 0


def measure_fixtures(app: Path, count: int) -> dict[str, float]:
    """Run `count` tests of the app with pytest, in a process of their own."""
    (app / "test_session.py").write_text(TESTS.format(count=count))
    (app / "conftest.py").write_text(RECORDER)
    (app / "pytest.ini").write_text("[pytest]\n")
    quiet = ["-q", "-p", "no:randomly", "-p", "no:asyncio", "-p", "no:playwright"]
    begun_epoch, begun = time.time(), time.monotonic()  # noqa: TID251 - a measurement
    subprocess.run(
        [sys.executable, "-m", "pytest", *quiet],
        cwd=app,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    total_seconds = time.monotonic() - begun
    found = json.loads((app / "found.json").read_text())
    return {
        "tests": count,
        "first_ready_seconds": found["ready"] - begun_epoch,
        "first_test_ms": found["ms"][0],
        "test_ms": statistics.median(found["ms"][1:]),
        "total_seconds": total_seconds,
    }


def measure_reset(app: Path) -> float:
    """Give the median of resets that find a hundred rows."""
    spent_ms = []
    with SandboxUnderTest(app) as sandbox:
        for _ in range(RESETS):
            for number in range(ROWS):
                item = {"_idx": {"S": str(number)}, "text": {"S": "x" * 100}}
                request = {"TableName": "counter-staging-sessions", "Item": item}
                sandbox.tables.call("PutItem", request)
            begun = time.perf_counter()
            sandbox.reset()
            spent_ms.append((time.perf_counter() - begun) * 1000)
    return statistics.median(spent_ms)


def measure_peer(app: Path, count: int) -> dict[str, float] | None:
    """Run the same visits through the peer; None where it is not installed."""
    modules = Path(os.environ.get("ARC_TEST_NODE_MODULES", "node_modules")).resolve()  # noqa: TID251 - a command
    if shutil.which("node") is None or not (modules / "@architect/sandbox").is_dir():
        return None
    # The peer runs handlers with the `python3` that it finds first.
    own_python = str(Path(sys.executable).parent)
    environment = {
        **os.environ,  # noqa: TID251 - a command
        "NODE_PATH": str(modules),
        "PATH": os.pathsep.join((own_python, os.environ["PATH"])),  # noqa: TID251
    }
    script = app.parent / "peer.js"
    script.write_text(PEER)
    begun = time.monotonic()
    ended = subprocess.run(
        ["node", str(script), str(app), "33433", str(count)],
        cwd=app.parent,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    total_seconds = time.monotonic() - begun
    if ended.returncode:
        raise SystemExit(f"the peer failed:\n{ended.stdout}{ended.stderr}")
    found = json.loads((app.parent / "found.json").read_text())
    return {
        "tests": count,
        "first_ready_seconds": found["ready"] / 1000,
        "first_test_ms": found["ms"][0],
        "test_ms": statistics.median(found["ms"][1:]),
        "total_seconds": total_seconds,
    }


def _table(figures: dict[str, dict[str, float]]) -> str:
    names = list(figures)
    rows = [
        ("first test ready, s", "first_ready_seconds"),
        ("first test, ms", "first_test_ms"),
        ("further tests, median ms", "test_ms"),
        (f"reset with {ROWS} rows, median ms", "reset_ms"),
        ("tests", "tests"),
        ("all tests with start and end, s", "total_seconds"),
    ]
    lines = [f"{'':34}" + "".join(f"{name:>20}" for name in names)]
    for title, key in rows:
        values = [figures[name].get(key) for name in names]
        cells = ["-" if value is None else f"{value:.4g}" for value in values]
        lines.append(f"{title:34}" + "".join(f"{cell:>20}" for cell in cells))
    if len(names) == 1:
        lines.append("(@architect/sandbox: no Node, or not in ARC_TEST_NODE_MODULES)")
    return "\n".join(lines)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure tests of a session app.")
    parser.add_argument("--tests", type=int, default=200, metavar="N")
    parser.add_argument("--peer-tests", type=int, default=20, metavar="N")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
