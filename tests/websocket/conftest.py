"""An app with @ws, and a sandbox that runs it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.notice import Notice
from sandbox.testing import SandboxUnderTest
from tests.files import write_files

MANIFEST = """@app
chat

@aws
runtime python

@http
get /
post /send

@ws
hello
boom
refuse
silent
slow
"""
CONNECT = """import arc, json, pathlib, time
def handler(event, context):
    query = event.get("queryStringParameters", {})
    if query.get("gate"):
        gate = pathlib.Path(query["gate"])
        gate.mkdir()
        while gate.exists():
            time.sleep(0.01)
    if query.get("fail"):
        raise ValueError("I let nobody in.")
    if query.get("status"):
        return {"statusCode": int(query["status"])}
    if query.get("post"):
        try:
            arc.ws.send(event["requestContext"]["connectionId"], "early")
        except Exception as error:
            return {"statusCode": 400 + (type(error).__name__ == "GoneException")}
    if query.get("json"):
        return json.loads(query["json"])
    if query.get("nothing"):
        return None
    chosen = query.get("protocol")
    headers = {"sec-websocket-protocol": chosen} if chosen else {}
    return {"statusCode": "200" if query.get("text") else 200, "headers": headers}
"""
ECHO = """import arc
def handler(event, context):
    arc.ws.send(event["requestContext"]["connectionId"], event)
    return {"statusCode": 200, "body": "not sent"}
"""
FILES = {
    "app.arc": MANIFEST,
    "src/http/get-index/index.py": "def handler(event, context):\n    return 'page'\n",
    "src/http/post-send/index.py": """import arc, json
def handler(event, context):
    sent = json.loads(event["body"])
    arc.ws.send(sent["id"], sent["payload"])
""",
    "src/ws/connect/index.py": CONNECT,
    "src/ws/disconnect/index.py": "def handler(event, context):\n    return event\n",
    "src/ws/default/index.py": ECHO,
    "src/ws/hello/index.py": ECHO,
    "src/ws/boom/index.py": "def handler(event, context):\n    return 1 / 0\n",
    "src/ws/refuse/index.py": """def handler(event, context):
    return {"statusCode": 403}
""",
    "src/ws/silent/index.py": "def handler(event, context):\n    pass\n",
    "src/ws/slow/index.py": """import arc, json, time
def handler(event, context):
    if json.loads(event["body"])["wait"]:
        time.sleep(0.5)
    arc.ws.send(event["requestContext"]["connectionId"], event["body"])
    return {"statusCode": 200}
""",
}


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """Write the app, and give its folder."""
    return write_files(tmp_path / "app", FILES)


@pytest.fixture
def said() -> list[Notice]:
    """Give what the sandbox tells the developer."""
    return []


@pytest.fixture
def sandbox(app: Path, said: list[Notice]) -> Iterator[SandboxUnderTest]:
    """Run the app."""
    with SandboxUnderTest(app, say=said.append) as running:
        yield running


def events_of(sandbox: SandboxUnderTest, key: str) -> list[Any]:
    """Give the events that a function was given."""
    assert sandbox.bus.wait_idle()
    return [one.event for one in sandbox.bus.deliveries if one.function.key == key]
