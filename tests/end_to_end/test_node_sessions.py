"""Sessions of Node handlers with the real `@architect/functions`, alone and shared."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

DOCUMENTED = """import arc from '@architect/functions'

export const handler = arc.http(async req => {
  const session = req.session
  session.count = (session.count || 0) + 1
  return { session, json: { count: session.count } }
})
"""
READ = """let arc = require('@architect/functions')

exports.handler = async function (req) {
  let session = await arc.http.session.read(req)
  return { count: session.count || 0 }
}
"""
PYTHON_COUNT = """import arc
def handler(request, context):
    session = arc.http.session_read(request)
    session["count"] = int(session.get("count", 0)) + 1
    return arc.http.res(request, {"session": session, "json": {"count": 1}})
"""
PYTHON_READ = """import arc
def handler(request, context):
    return {"count": int(arc.http.session_read(request).get("count", 0))}
"""
NODE = "@aws\nruntime nodejs22.x\n"
FILES = {
    "src/http/get-node/index.mjs": DOCUMENTED,
    "src/http/get-node/config.arc": NODE,
    "src/http/get-node_read/index.js": READ,
    "src/http/get-node_read/config.arc": NODE,
    "src/http/get-python/index.py": PYTHON_COUNT,
    "src/http/get-python_read/index.py": PYTHON_READ,
}
ROUTES = ("get /node", "get /node-read", "get /python", "get /python-read")
TABLE = "@tables\nsessions\n  _idx *String\n  _ttl TTL\n"


@pytest.fixture
def serve_store(make_app: Any, serve: Any, node_modules: Path) -> Callable[[str], Any]:
    """Give a function that serves the app in one of the two stores."""

    def start(store: str) -> Any:
        dotenv = f"ARC_SESSION_TABLE_NAME={store}\n"
        app = make_app({**FILES, ".env": dotenv}, *ROUTES, more=TABLE)
        (app.root / "node_modules").symlink_to(node_modules)
        return serve(app).client

    return start


@pytest.mark.parametrize("store", ["jwe", "sessions"])
def test_documented_example_counts(serve_store: Any, store: str) -> None:
    """Architect's own example runs unmodified, in both module systems."""
    client = serve_store(store)

    counted = [client.get("/node").json() for _ in range(3)]

    assert counted == [{"count": 1}, {"count": 2}, {"count": 3}]
    assert client.get("/node-read").json() == {"count": 3}


@pytest.mark.parametrize("store", ["jwe", "sessions"])
def test_python_reads_what_node_has_begun(serve_store: Any, store: str) -> None:
    """A Python handler of the same app finds the session of a Node handler."""
    client = serve_store(store)
    client.get("/node")
    client.get("/node")

    assert client.get("/python-read").json() == {"count": 2}


def test_node_reads_what_python_has_begun(serve_store: Any) -> None:
    """And back, in the store whose cookie neither helper quotes."""
    client = serve_store("jwe")
    client.get("/python")

    assert client.get("/node-read").json() == {"count": 1}
    assert client.get("/node").json() == {"count": 2}


def test_python_serves_without_node(make_app: Any, serve: Any, tmp_path: Path) -> None:
    """With no Node on the PATH its routes say so, and those in Python work."""
    app = make_app({**FILES, ".env": "ARC_SESSION_TABLE_NAME=jwe\n"}, *ROUTES)
    options = {"shell": {"PATH": str(tmp_path / "empty")}}
    client = serve(app, **options).client

    refused = client.get("/node", headers={"accept": "text/html"})

    assert refused.status_code in (500, 502)
    assert "Install Node.js" in refused.text
    assert client.get("/python-read").json() == {"count": 0}
