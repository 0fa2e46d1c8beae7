"""Measures tests of a session app: these fixtures beside `@architect/sandbox`.

Run it as a command::

    python tests/benchmarks/bench_fixtures.py [--tests 200] [--peer-tests 20] [--json]

Tests are of the demo `fixtures/apps/counter`, each a visitor with its own cookie jar.
"Count" is one POST /count and a GET that must read 1; "flow" signs in, counts, reads
and signs out. Both sides run the same handlers with the same `architect-functions`.
The peer is used as its module API is: started once, over HTTP, in one Node process; it
needs Node, and ARC_TEST_NODE_MODULES to name a node_modules folder that has
`@architect/sandbox`. Ready is counted from the start of the process.
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
from typing import Any

from sandbox.testing import SandboxUnderTest

REPOSITORY = Path(__file__).parents[2]
COUNTER = REPOSITORY / "fixtures" / "apps" / "counter"
ROWS = 100
RESETS = 50
PEER_PORT = "33433"

TESTS = """
import pytest

@pytest.mark.parametrize("visitor", range({count}))
def test_visit(arc_client, visitor):
    for path in {posts}:
        arc_client.post(path, data={{"name": "Ada"}})
    assert arc_client.get("/api/session").json()["count"] == 1
    if "{kind}" == "flow":
        arc_client.post("/sign-out")
"""
POSTS = {"count": ["/count"], "flow": ["/sign-in", "/count"]}
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
const [kind, posts] = [process.argv[5], JSON.parse(process.argv[6])]

async function visit (base) {
  let cookie = ''
  const ask = async (method, path) => {
    const body = method === 'POST' ? new URLSearchParams({ name: 'Ada' }) : undefined
    const options = { method, body, redirect: 'manual', headers: { cookie } }
    const answer = await fetch(base + path, options)
    for (const line of answer.headers.getSetCookie()) cookie = line.split(';')[0]
    return answer
  }
  for (const path of posts) await ask('POST', path)
  const { count } = await (await ask('GET', '/api/session')).json()
  if (count !== 1) throw new Error(`the count is ${count}`)
  if (kind === 'flow') await ask('POST', '/sign-out')
}

async function main () {
  await start({ cwd, port, quiet: true })
  const base = `http://localhost:${port}`
  const ms = []
  let ready
  for (let n = 0; n < count; n++) {
    const before = performance.now()
    await visit(base)
    ms.push(performance.now() - before)
    ready ??= before
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
        # On a busy machine the peer runs into the usual five seconds.
        manifest = (COUNTER / "app.arc").read_text()
        patient = manifest.replace("runtime python", "runtime python\ntimeout 60")
        (app / "app.arc").write_text(patient)
        figures = {"fixtures": {"reset_ms": measure_reset(app)}}
        for kind in POSTS:
            figures["fixtures"] |= measure_fixtures(app, kind, arguments.tests)
            peer = measure_peer(app, kind, arguments.peer_tests)
            if peer:
                figures.setdefault("@architect/sandbox", {}).update(peer)
    print(json.dumps(figures, indent=2) if arguments.json else _table(figures))  # noqa: T201 - a command
    return 0


def measure_fixtures(app: Path, kind: str, count: int) -> dict[str, float]:
    """Run `count` tests of a kind with pytest, in a process of their own."""
    tests = TESTS.format(count=count, kind=kind, posts=POSTS[kind])
    (app / "test_session.py").write_text(tests)
    (app / "conftest.py").write_text(RECORDER)
    (app / "pytest.ini").write_text("[pytest]\n")
    quiet = ["-q", "-p", "no:randomly", "-p", "no:asyncio", "-p", "no:playwright"]
    begun_epoch, begun = time.time(), time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "pytest", *quiet],
        cwd=app,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    total_seconds = time.monotonic() - begun
    found = json.loads((app / "found.json").read_text())
    found["ready"] -= begun_epoch
    return _figures(kind, found, count, total_seconds)


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


def measure_peer(app: Path, kind: str, count: int) -> dict[str, float]:
    """Run the same visits through the peer; gives nothing where it is missing."""
    modules = Path(os.environ.get("ARC_TEST_NODE_MODULES", "node_modules")).resolve()
    if shutil.which("node") is None or not (modules / "@architect/sandbox").is_dir():
        return {}
    # The peer runs handlers with the `python3` that it finds first.
    own_python = str(Path(sys.executable).parent)
    environment = {
        **os.environ,
        "NODE_PATH": str(modules),
        "PATH": os.pathsep.join((own_python, os.environ["PATH"])),
    }
    script = app.parent / "peer.js"
    script.write_text(PEER)
    begun = time.monotonic()
    ended = subprocess.run(
        ["node", script, app, PEER_PORT, str(count), kind, json.dumps(POSTS[kind])],
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
    found["ready"] /= 1000
    return _figures(kind, found, count, total_seconds)


def _figures(
    kind: str, found: dict[str, Any], count: int, total_seconds: float
) -> dict[str, float]:
    return {
        "tests": count,
        "first_ready_seconds": found["ready"],
        f"first_{kind}_ms": found["ms"][0],
        f"{kind}_ms": statistics.median(found["ms"][1:]),
        f"{kind}_total_seconds": total_seconds,
    }


def _table(figures: dict[str, dict[str, float]]) -> str:
    names = list(figures)
    rows = [
        ("first test ready, s", "first_ready_seconds"),
        ("first count, ms", "first_count_ms"),
        ("further counts, median ms", "count_ms"),
        ("further flows, median ms", "flow_ms"),
        (f"reset with {ROWS} rows, median ms", "reset_ms"),
        ("tests of each kind", "tests"),
        ("all flows with start and end, s", "flow_total_seconds"),
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
