"""Changes of tables on their way to functions of @tables-streams."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.options import Options
from sandbox.sandbox import Sandbox
from tests.files import write_files

MANIFEST = """@app
streams

@aws
runtime python

@tables
notes
  id *String
  until TTL
others
  id *String
quiet
  id *String

@tables-streams
notes
second
  table notes
others
"""
RECEIVER = "def handler(event, context): return len(event['Records'])\n"


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    """A running app with three functions that are given changes."""
    names = ("notes", "second", "others")
    files = {f"src/tables-streams/{name}/index.py": RECEIVER for name in names}
    root = write_files(tmp_path / "app", {"app.arc": MANIFEST, **files})
    with Sandbox(root, options=Options.for_program({}), say=lambda _: None) as sandbox:
        sandbox.wait_ready()
        yield sandbox


@pytest.fixture
def put(sandbox: Sandbox) -> Callable[..., None]:
    """Give a function that puts rows, all in one operation."""

    def put(
        *ids: str, table: str = "notes", stage: str = "staging", **more: Any
    ) -> None:
        requests = [{"PutRequest": {"Item": {"id": {"S": id}, **more}}} for id in ids]
        name = f"streams-{stage}-{table}"
        sandbox.tables.call("BatchWriteItem", {"RequestItems": {name: requests}})

    return put


def received(sandbox: Sandbox) -> dict[str, list[Any]]:
    """Give the records of each event, by the function's name."""
    assert sandbox.bus.wait_idle(20)
    found: dict[str, list[Any]] = {}
    for delivery in sandbox.bus.deliveries:
        event: Any = delivery.event
        names = [record["dynamodb"]["Keys"]["id"]["S"] for record in event["Records"]]
        found.setdefault(delivery.function.name, []).append(names)
    return found


def test_each_function_of_a_table_is_given_its_changes(
    sandbox: Sandbox, put: Callable[..., None]
) -> None:
    """Of that table alone, and of the stage's own."""
    put("a")
    put("b", table="others")
    put("c", table="quiet")
    put("d", stage="production")

    assert received(sandbox) == {"notes": [["a"]], "second": [["a"]], "others": [["b"]]}


def test_changes_come_in_order_and_ten_at_a_time(
    sandbox: Sandbox, put: Callable[..., None]
) -> None:
    """As Architect sets it: an operation's own together."""
    put(*map(str, range(13)))
    put("13", "14")

    numbers = received(sandbox)["notes"]
    assert [len(each) for each in numbers] == [10, 3, 2]
    assert [name for each in numbers for name in each] == [str(n) for n in range(15)]


def test_what_expires_is_streamed(sandbox: Sandbox, put: Callable[..., None]) -> None:
    """As soon as its time is over on the sandbox's clock."""
    put("a", until={"N": str(int(sandbox.clock.now_epoch()) + 3600)})
    sandbox.clock.advance(3601)
    sandbox.tick()

    received(sandbox)
    events: list[Any] = [delivery.event for delivery in sandbox.bus.deliveries]
    identities = [event["Records"][0].get("userIdentity") for event in events]
    assert identities.count(None) == 2
    assert json.dumps(identities).count("dynamodb.amazonaws.com") == 2


def test_a_table_may_stream_later(sandbox: Sandbox, put: Callable[..., None]) -> None:
    """Once the manifest says so, from the next change on."""
    put("a", table="quiet")
    root = sandbox.project.root
    manifest = (root / "app.arc").read_text()
    write_files(
        root,
        {
            "app.arc": f"{manifest}quiet\n",
            "src/tables-streams/quiet/index.py": RECEIVER,
        },
    )
    assert len(sandbox.project.functions) == 4
    put("b", table="quiet")

    assert received(sandbox) == {"quiet": [["b"]]}


def test_a_reset_streams_nothing(sandbox: Sandbox, put: Callable[..., None]) -> None:
    """What a test has changed is delivered before, and then forgotten."""
    put("a")
    sandbox.reset()

    assert received(sandbox) == {}
