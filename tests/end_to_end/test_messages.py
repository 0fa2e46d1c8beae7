"""What handlers publish to @events and @queues by the real helpers, and to whom."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.exchange import Returned
from sandbox.testing import Client, HandlerFailedError, SandboxUnderTest

pytestmark = pytest.mark.slow

PYTHON_PUBLISHER = """import arc, json
def handler(request, context):
    message = json.loads(request["body"])
    publish = getattr(arc, message["kind"]).publish
    return [publish(message["name"], payload) for payload in message["payloads"]]
"""
NODE_PUBLISHER = """import arc from '@architect/functions'
export async function handler (request) {
  const { kind, name, payloads } = JSON.parse(request.body)
  const answers = []
  for (const payload of payloads) {
    answers.push(await arc[kind].publish({ name, payload }))
  }
  return answers
}
"""
PYTHON_RECEIVER = """import arc
def handler(event, context):
    parse = arc.{kind}.parse
    print(context.aws_request_id)
    if parse(event) == "fail":
        raise ValueError("I cannot take this.")
    return parse(event)
"""
NODE_RECEIVER = """import arc from '@architect/functions'
export const handler = arc.{kind}.subscribe(async message => {{
  if (message === 'fail') throw new TypeError('I cannot take this.')
  console.log(JSON.stringify(message))
}})
"""
NODE = "@aws\nruntime nodejs22.x\n"
FILES = {
    "src/http/post-python/index.py": PYTHON_PUBLISHER,
    "src/http/post-node/index.mjs": NODE_PUBLISHER,
    "src/http/post-node/config.arc": NODE,
    "src/events/news/index.py": PYTHON_RECEIVER.format(kind="events"),
    "src/queues/jobs/index.py": PYTHON_RECEIVER.format(kind="queues"),
    "src/events/other-news/index.mjs": NODE_RECEIVER.format(kind="events"),
    "src/events/other-news/config.arc": NODE,
}
ROUTES = ("post /python", "post /node")
MORE = "@events\nnews\nother-news\n@queues\njobs\n"
PAYLOADS = [{"name": "Zoë", "numbers": [1, 2.5]}, "text"]


def message(kind: str, name: str, *payloads: object) -> dict[str, object]:
    return {"kind": kind, "name": name, "payloads": payloads}


def results(sandbox: Any) -> list[Any]:
    """Give what the functions made of all that was published."""
    assert sandbox.bus.wait_idle(20)
    outcomes = [one.execution.outcome for one in sandbox.bus.deliveries]
    return [one.value if isinstance(one, Returned) else one for one in outcomes]


@pytest.fixture
def app(make_app: Any, node_modules: Path) -> Any:
    """An app whose handlers publish, in both languages, and receive."""
    app = make_app(FILES, *ROUTES, more=MORE)
    (app.root / "node_modules").symlink_to(node_modules)
    return app


@pytest.mark.parametrize("language", ["python", "node"])
@pytest.mark.parametrize(("kind", "name"), [("events", "news"), ("queues", "jobs")])
def test_what_is_published_is_received(
    app: Any, serve: Any, language: str, kind: str, name: str
) -> None:
    """From either helper, as it was, by a function with a context of its own."""
    served = serve(app)

    answer = served.client.post(f"/{language}", json=message(kind, name, *PAYLOADS))

    assert answer.json() == ["ok", "ok"]
    found = results(served.sandbox)
    assert sorted(found, key=str) == sorted(PAYLOADS, key=str)
    delivery = served.sandbox.bus.deliveries[0]
    assert delivery.execution.output == f"{delivery.invocation.request_id}\n"


def test_a_node_function_subscribes(app: Any, serve: Any) -> None:
    """Its helper reads the event as it reads AWS's."""
    served = serve(app)

    served.client.post("/python", json=message("events", "other-news", {"a": 1}))

    assert served.sandbox.bus.wait_idle(20)
    (delivery,) = served.sandbox.bus.deliveries
    assert delivery.execution.output == '{"a":1}\n'


def test_a_function_that_is_declared_later_receives(app: Any, serve: Any) -> None:
    """As a new route answers: without a new start, and with its own configuration."""
    served = serve(app)
    served.client.post("/python", json=message("events", "late", 1))
    assert [notice.level for notice in served.notices] == ["warning"]
    app.write(
        {
            "app.arc": (app.root / "app.arc")
            .read_text()
            .replace("news\n", "late\n", 1),
            "src/events/late/index.py": PYTHON_RECEIVER.format(kind="events"),
        }
    )

    served.client.post("/python", json=message("events", "late", 2))

    assert results(served.sandbox) == [2]


def test_a_function_runs_as_it_is_configured_now(app: Any, serve: Any) -> None:
    """From the next message on, with nobody watching its files."""
    served = serve(app, watch=False)
    served.client.post("/python", json=message("events", "news", 1))
    results(served.sandbox)
    app.write({"src/events/news/config.arc": "@aws\ntimeout 7\n"})

    served.client.post("/python", json=message("events", "news", 2))

    assert results(served.sandbox) == [1, 2]
    timeouts = [
        delivery.function.config.timeout_seconds
        for delivery in served.sandbox.bus.deliveries
    ]
    assert timeouts == [5, 7]


def test_start_shows_messages(app: Any, start: Any, wait_until: Any) -> None:
    """Where they are taken, what their functions print, and how they fail."""
    run = start(cwd=app.root)

    httpx.post(f"{run.url}/python", json=message("queues", "jobs", 1, "fail"))
    wait_until(lambda: "again and again" in run.output)

    assert "@events news, other-news  @queues jobs  (port " in run.output
    assert "@queues jobs done" in run.output
    assert "@queues jobs failed" in run.output
    assert "ValueError: I cannot take this." in run.output


def test_start_says_where_aws_takes_messages(app: Any, start: Any) -> None:
    """Nothing that a function publishes comes to the sandbox's own port then."""
    app.write({"prefs.arc": "@sandbox\nuseAWS true\n"})

    run = start(cwd=app.root)

    assert "@events news, other-news  @queues jobs  (AWS)" in run.output


def test_invoke_delivers_too(app: Any, command: Any) -> None:
    """What a function has published is delivered before the command ends."""
    event = app.root / "event.json"
    event.write_text(json.dumps({"body": json.dumps(message("events", "news", 1))}))

    run = command("invoke", "post /python", "--event", str(event), cwd=app.root)

    assert run.wait() == 0
    assert "@events news done" in run.output


def test_a_failing_delivery_fails_its_test(app: Any) -> None:
    """Though its request was answered long before."""
    with SandboxUnderTest(app.root) as sandbox, Client(sandbox) as client:
        client.post("/python", json=message("events", "news", "fail"))
        sandbox.settle()

        with pytest.raises(HandlerFailedError, match="@events news failed"):
            sandbox.failures.check()

        sandbox.reset()
        assert sandbox.bus.deliveries == ()
        with sandbox.expect_failure("ValueError"):  # of a function that is cold yet
            client.post("/python", json=message("queues", "jobs", "fail"))
        assert sandbox.failures.unexpected == ()


def test_what_a_test_left_waiting_is_dropped(app: Any) -> None:
    """The next test sees none of it, and its own messages are delivered."""
    receiver = app.root / "src/queues/jobs/index.py"
    slow = "import time\ndef handler(event, context): time.sleep(60)\n"
    receiver.write_text(slow)
    with SandboxUnderTest(app.root) as sandbox, Client(sandbox) as client:
        client.post("/python", json=message("queues", "jobs", *range(9)))
        sandbox.settle()
        sandbox.reset()

        assert sandbox.bus.wait_idle(0.0)
        client.post("/python", json=message("events", "news", 1))
        sandbox.settle()
        (delivery,) = sandbox.bus.deliveries
        assert delivery.function.key == "@events news"
