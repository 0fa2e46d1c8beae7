"""A running sandbox with a session app, and a client for its internal port."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.notice import Notice
from sandbox.options import Options
from sandbox.sandbox import Sandbox
from sandbox.testing.websocket import WebSocket
from tests.files import write_files

COUNT = """import arc
def handler(request, context):
    session = arc.http.session_read(request)
    session["count"] = int(session.get("count", 0)) + 1
    print("counted")
    return arc.http.res(request, {"session": session, "json": {"c": session["count"]}})
"""
READ = """import arc
def handler(request, context):
    session = arc.http.session_read(request)
    return {"count": int(session.get("count", 0)), "keys": sorted(session)}
"""
FAIL = """def handler(request, context):
    raise ValueError("no <b>way</b>")
"""
PUBLISH = """import arc, json
def handler(request, context):
    message = json.loads(request["body"])
    getattr(arc, message["kind"]).publish(message["name"], message["payload"])
    return {"statusCode": 202}
"""
PING = """import arc
def handler(event, context):
    payload = arc.events.parse(event)
    print("pinged with", payload)
    if payload == "fail":
        raise ValueError("no <b>way</b>")
    if payload == "chain":
        arc.queues.publish("ping", "a link")
    return payload
"""
STORE = """import arc
def handler(event, context):
    arc.tables.table("things").put_item(Item={"owner": "ada", "at": 1})
"""
NOTHING = "def handler(event, context):\n    pass\n"
CONNECT = """def handler(event, context):
    wanted = event.get("queryStringParameters", {}).get("status", 200)
    return {"statusCode": int(wanted)}
"""
ECHO = """import arc
def handler(event, context):
    arc.ws.send(event["requestContext"]["connectionId"], event["body"])
    return {"statusCode": 200}
"""
MANIFEST = """@app
testapp

@aws
runtime python

@http
get /
post /count
get /fail
post /publish
post /store

@events
ping

@queues
ping

@ws

@tables-streams
things

@tables
sessions
  _idx *String
  _ttl TTL
things
  owner *String
  at **Number

@tables-indexes
things
  kind *String
  name byKind
"""


@dataclass
class Inspected:
    """A sandbox in this process, clients for its two ports, and what it said."""

    sandbox: Sandbox
    app: httpx.Client
    api: httpx.Client
    notices: list[Notice] = field(default_factory=list)
    kept: ExitStack = field(default_factory=ExitStack)
    """What stays open until the test is over."""

    def get(self, path: str, **query: str) -> Any:
        answer = self.api.get(f"/api/{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any = None) -> Any:
        answer = self.api.post(f"/api/{path}", json=body or {})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def publish(self, kind: str, name: str, payload: Any) -> None:
        """Have a handler publish a message, and wait until all is delivered."""
        message = {"kind": kind, "name": name, "payload": payload}
        assert self.app.post("/publish", json=message).status_code == 202
        assert self.sandbox.bus.wait_idle(30)

    def websocket(self, path: str = "/", **headers: str) -> WebSocket:
        """Connect to the app's @ws."""
        url = f"{self.sandbox.url}{path}"
        return WebSocket(url, headers=headers, check=lambda: None)

    def connected(self, *messages: str, path: str = "/") -> str:
        """Give the id of a connection that stays open, and has been answered."""
        websocket = self.kept.enter_context(self.websocket(path))
        for message in messages:
            websocket.send(message)
            websocket.receive()
        last: str = self.get("connections")["connections"][-1]["id"]
        return last

    @contextmanager
    def broken_manifest(self) -> Iterator[None]:
        """Have a manifest that cannot be read, as in the middle of an edit."""
        with self.manifest_with("@http\n  nonsense"):
            assert self.api.get("/api/project").status_code == 409
            yield

    @contextmanager
    def manifest_with(self, lines: str, *, before: str = "") -> Iterator[None]:
        """Have more lines in the manifest, before one that it has or at its end."""
        manifest = self.sandbox.project.root / "app.arc"
        whole = manifest.read_text()
        at = whole.index(before) if before else len(whole)
        manifest.write_text(f"{whole[:at]}\n{lines}\n{whole[at:]}")
        try:
            yield
        finally:
            manifest.write_text(whole)

    @contextmanager
    def variable(self, line: str) -> Iterator[None]:
        """Have one more line in `.env`."""
        path = self.sandbox.project.root / ".env"
        whole = path.read_text()
        path.write_text(f"{whole}{line}\n")
        try:
            yield
        finally:
            path.write_text(whole)

    def sessions(self) -> list[Any]:
        """Give those with data: architect-functions leaves an empty row as well."""
        return [one for one in self.get("sessions")["sessions"] if one["data"]]


def write_app(root: Path, *, store: str) -> Path:
    files = {
        "app.arc": MANIFEST,
        ".env": f"ARC_SESSION_TABLE_NAME={store}\nARC_SESSION_TTL=86400\n"
        "PAYMENT_TOKEN=sesame\n",
        "src/http/get-index/index.py": READ,
        "src/http/post-count/index.py": COUNT,
        "src/http/get-fail/index.py": FAIL,
        "src/http/post-publish/index.py": PUBLISH,
        "src/http/post-store/index.py": STORE,
        "src/events/ping/index.py": PING,
        "src/queues/ping/index.py": NOTHING,
        "src/tables-streams/things/index.py": NOTHING,
        "src/ws/connect/index.py": CONNECT,
        "src/ws/disconnect/index.py": NOTHING,
        "src/ws/default/index.py": ECHO,
    }
    return write_files(root, files)


@pytest.fixture(scope="module")
def inspect(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[str], Inspected]]:
    """Give a function that runs the session app in a store, once a module."""
    running: dict[str, Inspected] = {}

    def start(store: str) -> Inspected:
        if store not in running:
            root = write_app(tmp_path_factory.mktemp("app"), store=store)
            notices: list[Notice] = []
            shell = {"XDG_STATE_HOME": str(tmp_path_factory.mktemp("state"))}
            options = Options.for_program(shell)
            sandbox = Sandbox(root, options=options, say=notices.append)
            sandbox.start()
            running[store] = Inspected(
                sandbox=sandbox,
                app=httpx.Client(base_url=sandbox.url, timeout=30),
                api=httpx.Client(
                    base_url=sandbox.inspector_url,
                    headers={"X-Arc-Sandbox": "1"},
                    timeout=30,
                ),
                notices=notices,
            )
        one = running[store]
        one.kept.close()
        one.sandbox.reset()
        one.app.cookies.clear()
        one.api.cookies.clear()
        one.notices.clear()
        return one

    yield start
    for one in running.values():
        one.kept.close()
        one.app.close()
        one.api.close()
        one.sandbox.close()


@pytest.fixture
def no_thread_is_left() -> None:
    """Sandboxes here live as long as a module, and so do their threads."""


@pytest.fixture(params=["sessions", "jwe"])
def inspected(
    request: pytest.FixtureRequest, inspect: Callable[[str], Inspected]
) -> Inspected:
    """Give the session app, running, in each of the two stores."""
    return inspect(request.param)


@pytest.fixture
def table_app(inspect: Callable[[str], Inspected]) -> Inspected:
    """Give the session app with sessions in its table."""
    return inspect("sessions")


@pytest.fixture
def jwe_app(inspect: Callable[[str], Inspected]) -> Inspected:
    """Give the session app with sessions in browsers."""
    return inspect("jwe")
