"""A small session app for the parts behind the fixtures, in both stores."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.options import Options
from sandbox.testing import SandboxUnderTest
from tests.files import write_files

MANIFEST = """@app
parts

@aws
runtime python

@http
get /
post /count
get /echo/*
get /boom
get /zebra
get /quiet-500
get /away

@tables
sessions
  _idx *String
  _ttl TTL
things
  id *String
"""
HANDLERS = {
    "get-index": """import arc
def handler(request, context):
    session = arc.http.session_read(request)
    return {key: value for key, value in session.items() if key[0] != "_"}
""",
    "post-count": """import arc
def handler(request, context):
    session = arc.http.session_read(request)
    session["count"] = int(session.get("count", 0)) + 1
    return arc.http.res(request, {"session": session, "location": "/"})
""",
    "get-echo-catchall": """def handler(event, context):
    print("echoing")
    return event
""",
    "get-boom": """def handler(event, context):
    print("about to fail")
    return 1 / 0
""",
    "get-zebra": """def handler(event, context):
    return {"statusCode": "zebra"}
""",
    "get-away": """def handler(event, context):
    location = event["queryStringParameters"]["to"]
    return {"statusCode": 302, "headers": {"location": location}}
""",
    "get-quiet_500": """def handler(event, context):
    return {"statusCode": 500, "body": "meant so"}
""",
}


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """Write the app, and give its folder."""
    handlers = {f"src/http/{name}/index.py": code for name, code in HANDLERS.items()}
    return write_files(tmp_path / "app", {"app.arc": MANIFEST, **handlers})


@pytest.fixture(params=["jwe", "sessions"])
def store(request: pytest.FixtureRequest) -> str:
    """Give the value of ARC_SESSION_TABLE_NAME for each store in turn."""
    return str(request.param)


@pytest.fixture
def sandbox(app: Path) -> Iterator[SandboxUnderTest]:
    """Run the app, its sessions in JWE cookies."""
    with SandboxUnderTest(app) as running:
        yield running


@pytest.fixture
def session_sandbox(app: Path, store: str) -> Iterator[SandboxUnderTest]:
    """Run the app in each store in turn."""
    options = Options.for_program(
        {"PATH": os.environ["PATH"]},  # noqa: TID251 - what a shell gives
        environment={"ARC_SESSION_TABLE_NAME": store, "ARC_SESSION_TTL": "3600"},
    )
    with SandboxUnderTest(app, options=options) as running:
        yield running
