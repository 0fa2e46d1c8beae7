"""What can go wrong around a sandbox ends in the right answer and a living server."""

import html
import os
import resource
import shutil
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from sandbox.exchange import Execution

pytestmark = pytest.mark.slow

Start = Callable[..., Any]

WELL = "def handler(event, context):\n    return 'well'\n"
WAITING = """import pathlib, time


def handler(event, context):
    pathlib.Path(__file__).with_name("started").touch()
    while True:
        time.sleep(0.01)
"""
ONE_SECOND = "@aws\ntimeout 1\n"
BROWSER = {"accept": "text/html"}
FAULT = "src/http/get-fault"


@pytest.fixture
def serve_fault(make_app: Start, serve: Start) -> Start:
    """Give a function that serves `GET /fault` with a source, beside `GET /`."""

    def start(source: str, config: str = ONE_SECOND) -> Any:
        files = {
            "src/http/get-index/index.py": WELL,
            f"{FAULT}/index.py": source,
            f"{FAULT}/config.arc": config,
        }
        return serve(make_app(files, "get /", "get /fault"))

    return start


def is_alive(served: Any) -> bool:
    return bool(served.client.get("/").text == "well")


def last_execution(served: Any) -> Execution:
    execution = served.sandbox.journal.recent()[-1].execution
    assert isinstance(execution, Execution)
    return execution


def worker_pids(served: Any) -> tuple[int, ...]:
    pids: tuple[int, ...] = served.sandbox._live.pool.statistics().worker_pids  # noqa: SLF001 - whom to harm
    return pids


# Handlers and their processes


@pytest.mark.parametrize(
    ("number", "page"),
    [(signal.SIGKILL, "SIGKILL"), (signal.SIGSTOP, "timed out")],
)
def test_a_worker_that_is_struck_amid_an_event(
    serve_fault: Start,
    wait_until: Start,
    number: signal.Signals,
    page: str,
) -> None:
    """Its request is told what happened; the next one has another worker."""
    served = serve_fault(WAITING)
    with ThreadPoolExecutor() as pool:
        struck = pool.submit(served.client.get, "/fault", headers=BROWSER)
        folder = served.sandbox.project.root / FAULT
        wait_until((folder / "started").exists)
        for pid in worker_pids(served):
            os.kill(pid, number)
        answer = struck.result(20)

    assert (answer.status_code, page in answer.text) == (500, True)
    assert is_alive(served)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_nursery_that_is_struck(serve_fault: Start, number: signal.Signals) -> None:
    """Workers that must start without it do so."""
    served = serve_fault(WELL)
    assert is_alive(served)
    nursery = served.sandbox._live.pool.statistics().nursery_pid  # noqa: SLF001

    if nursery is None:
        pytest.skip("this platform does not fork workers")
    os.kill(nursery, number)

    assert served.client.get("/fault").text == "well"
    assert is_alive(served)


@pytest.mark.parametrize(
    ("statement", "answer"),
    [
        ("os.fork()", (200, "done")),
        ("os.fork() or os._exit(3)", (200, "done")),
        ("print('x' * 20_000_000)", (200, "done")),
        ("os.write(2, b'x' * 20_000_000)", (200, "done")),
        ("os.closerange(0, 3)", (200, "done")),
        ("os.closerange(0, 256)", (500, "ended")),
        ("while True: pass", (500, "timed out")),
        ("signal.setitimer(signal.ITIMER_REAL, 0.05); signal.pause()", (500, "ended")),
    ],
)
def test_a_handler_that_misbehaves(
    serve_fault: Start, statement: str, answer: tuple[int, str]
) -> None:
    """It answers if it can, and is told if not; nobody else notices."""
    source = (
        "import os, signal\n\n\ndef handler(event, context):\n"
        f"    {statement}\n    return 'done'\n"
    )
    served = serve_fault(source)

    given = served.client.get("/fault", headers=BROWSER)

    assert (given.status_code, answer[1] in given.text) == (answer[0], True)
    assert len(last_execution(served).output) < 2_000_000
    assert is_alive(served)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells resident sizes")
def test_a_handler_that_allocates_without_bound(serve_fault: Start) -> None:
    """It is killed at its own limit, and told which setting that is."""
    source = (
        "def handler(event, context):\n    held = []\n"
        "    while True:\n        held.append(bytearray(b'x') * 1_000_000)\n"
    )
    served = serve_fault(source, "@aws\nmemory 128\ntimeout 20\n")

    given = served.client.get("/fault", headers=BROWSER)

    assert given.status_code == 500
    assert 'more than its memory of "128" MB' in html.unescape(given.text)
    assert "signal: killed" in given.text
    assert is_alive(served)


# The disk


def test_an_app_folder_that_vanishes(serve_fault: Start) -> None:
    """Requests are told so, and served again once it is back."""
    served = serve_fault(WELL)
    assert is_alive(served)
    root = served.sandbox.project.root

    root.rename(root.with_name("elsewhere"))
    gone = served.client.get("/", headers=BROWSER)
    root.with_name("elsewhere").rename(root)

    assert gone.status_code == 500
    assert str(root) in gone.text
    assert is_alive(served)


def test_an_app_folder_that_is_deleted(serve_fault: Start) -> None:
    """Nothing to come back: the server says so, and goes on saying it."""
    served = serve_fault(WELL)
    shutil.rmtree(served.sandbox.project.root)

    answers = [served.client.get("/").status_code for _ in range(3)]

    assert answers == [500, 500, 500]


@pytest.mark.skipif(sys.platform != "linux", reason="prlimit is Linux's")
def test_a_full_disk_and_a_home_that_cannot_be_written(
    make_app: Start, command: Start, wait_until: Start
) -> None:
    """Nothing that the sandbox does for a request needs to write."""
    app = make_app({"src/http/get-index/index.py": WELL})
    run = command("start", cwd=app.root, environ={"HOME": "/proc/none"})
    wait_until(lambda: run.url)
    # From now on every write to a file fails, as on a full disk.
    resource.prlimit(run.pid, resource.RLIMIT_FSIZE, (0, 0))

    first = httpx.get(run.url, timeout=20).text
    app.write({"src/http/get-index/index.py": WELL.replace("well", "edited")})
    second = httpx.get(run.url, timeout=20).text
    run.send(signal.SIGTERM)

    assert (first, second, run.wait()) == ("well", "edited", 0)


# Clients


@pytest.fixture
def connect(serve_fault: Start) -> Iterator[Callable[[], socket.socket]]:
    """Give a function that connects to a served app."""
    served = serve_fault(WELL)
    port = served.sandbox.ports.http
    opened = []

    def open_connection() -> socket.socket:
        opened.append(socket.create_connection(("127.0.0.1", port), timeout=10))
        return opened[-1]

    yield open_connection
    for each in opened:
        each.close()
    assert is_alive(served)


POST = b"POST / HTTP/1.1\r\nHost: x\r\n"


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET / HT",
        b"GET / HTTP/1.1\r\nHost: x\r\n",
        POST + b"Content-Length: 100\r\n\r\nhalf",
        POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhal",
    ],
)
@pytest.mark.parametrize("leaves", [True, False], ids=["leaves", "stalls"])
def test_a_client_that_stops_amid_a_request(
    connect: Callable[[], socket.socket],
    sent: bytes,
    leaves: bool,  # noqa: FBT001 - or keeps its connection open
) -> None:
    """Whether it leaves or keeps silent, others are answered meanwhile."""
    client = connect()
    client.sendall(sent)
    if leaves:
        client.close()

    other = connect()
    other.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")

    assert other.recv(100).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    ("sent", "statuses"),
    [
        (POST + b"Content-Length: 2\r\n\r\nhalf!\r\n\r\n", [b"404", b"400"]),
        (POST + b"Content-Length: -1\r\n\r\n", [b"400"]),
        (POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", [b"400"]),
        (POST + b"Content-Length: 99999999999\r\n\r\nhalf", [b"413"]),
        (POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", [b"400"]),
    ],
)
def test_a_client_with_a_wrong_length(
    connect: Callable[[], socket.socket], sent: bytes, statuses: list[bytes]
) -> None:
    """What follows is not taken for another request."""
    client = connect()
    client.sendall(sent)

    received = b""
    while chunk := client.recv(65_536):
        received += chunk

    answered = [part[:3] for part in received.split(b"HTTP/1.1 ")[1:]]
    assert answered == statuses


def test_a_client_that_leaves_before_its_answer(
    serve_fault: Start, wait_until: Start
) -> None:
    """The event is carried out, and its answer goes nowhere."""
    slow = WELL.replace("return", "import time; time.sleep(0.2); return")
    served = serve_fault(slow)
    client = socket.create_connection(("127.0.0.1", served.sandbox.ports.http))
    client.sendall(b"GET /fault HTTP/1.1\r\nHost: x\r\n\r\n")
    client.close()

    wait_until(lambda: served.sandbox.journal.recent(), what="an exchange")

    assert last_execution(served).outcome.value == "well"
    assert is_alive(served)


def test_two_hundred_connections_at_once(
    connect: Callable[[], socket.socket],
) -> None:
    """All are open before the first asks; each is answered."""
    clients = [connect() for _ in range(200)]
    for client in clients:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")

    answers = {client.recv(4096)[:13] for client in clients}

    assert answers == {b"HTTP/1.1 200 "}
