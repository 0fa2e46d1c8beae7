"""`arc-sandbox invoke`: one function, no server."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sandbox.cli import main
from tests.files import write_files

pytestmark = pytest.mark.slow

APP = """@app
invoked

@aws
runtime python

@http
get /things/:id
get /broken
"""
ECHO = "def handler(event, context):\n    print('seen')\n    return event\n"
BROKEN = "def handler(event, context):\n    raise KeyError('missing')\n"


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """Write an app with a function that echoes and one that raises."""
    files = {
        "app.arc": APP,
        "src/http/get-things-000id/index.py": ECHO,
        "src/http/get-broken/index.py": BROKEN,
    }
    return write_files(tmp_path, files)


def invoke(
    app: Path, *arguments: str, stdin: str | None = None, **environ: str
) -> Result:
    return CliRunner(env=environ).invoke(
        main, ["invoke", *arguments, "--cwd", str(app)], input=stdin
    )


def test_invoke_prints_the_result_as_json(app: Path) -> None:
    """The event comes from a file, the result goes out, the rest to standard error."""
    event = app / "event.json"
    event.write_text('{"a": [1, "ü"]}')

    result = invoke(app, "get /things/:id", "--event", str(event))

    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"a": [1, "ü"]}
    assert "seen" in result.stderr


def test_invoke_asks_which_of_two_functions_is_meant(app: Path) -> None:
    """An event and a queue may have one name; the pragma tells them apart."""
    (app / "app.arc").write_text(f"{APP}\n@events\nping\n\n@queues\nping\n")
    for pragma in ("events", "queues"):
        folder = app / "src" / pragma / "ping"
        folder.mkdir(parents=True)
        text = f"def handler(event, context):\n    return {pragma!r}\n"
        (folder / "index.py").write_text(text)

    ambiguous = invoke(app, "ping")
    named = invoke(app, "@queues ping")

    assert ambiguous.exit_code == 2
    assert 'name "@events ping" or "@queues ping".' in ambiguous.stderr
    assert json.loads(named.stdout) == "queues"


def test_invoke_prints_half_a_surrogate_pair_as_its_escape(app: Path) -> None:
    """JSON can say it so, and no terminal can otherwise.

    From Python 3.12 on Lambda's runtime cannot answer it.
    """
    old = APP.replace("runtime python", "runtime python3.11")
    (app / "app.arc").write_text(old)
    result = invoke(app, "get /things/:id", "--event", "-", stdin='"a\\ud800b"')

    assert result.exit_code == 0
    assert json.loads(result.stdout) == "a\ud800b"


def test_invoke_makes_up_a_plain_request(app: Path) -> None:
    """Without an event the function gets what a bare request would be."""
    event = json.loads(invoke(app, "GET  /things/:id").stdout)

    assert event["routeKey"] == "GET /things/{id}"
    assert event["rawPath"] == "/things/id"
    assert event["pathParameters"] == {"id": "id"}


@pytest.mark.parametrize(
    ("pragma", "told"),
    [
        ("events", ["aws:sns", "{}"]),
        ("queues", ["aws:sqs", "{}"]),
        ("scheduled", {}),
    ],
)
def test_invoke_makes_up_an_empty_message(app: Path, pragma: str, told: object) -> None:
    """For a function of @events or @queues; what AWS sends others is not made up."""
    rate = " rate(1 day)" if pragma == "scheduled" else ""
    (app / "app.arc").write_text(f"{APP}\n@{pragma}\nping{rate}\n")
    source = """def handler(event, context):
    for record in event.get("Records", ()):
        message = record.get("body") or record["Sns"]["Message"]
        return [record.get("eventSource") or record["EventSource"], message]
    return event
"""
    write_files(app, {f"src/{pragma}/ping/index.py": source})

    assert json.loads(invoke(app, "ping").stdout) == told


def test_invoke_takes_null_for_an_event(app: Path) -> None:
    """It is one that was given."""
    result = invoke(app, "get /things/:id", "--event", "-", stdin="null")

    assert result.stdout == "null\n"


def test_invoke_follows_the_environment_as_start_does(app: Path) -> None:
    """ARC_API_TYPE gives the event's shape, and ARC_ENV the function's stage."""
    (app / "src/http/get-broken/index.py").write_text(
        "import os\n\n\ndef handler(event, context):\n"
        "    return [os.environ['ARC_ENV'], 'httpMethod' in event]\n"
    )

    result = invoke(app, "get /broken", ARC_ENV="production", ARC_API_TYPE="rest")

    assert json.loads(result.stdout) == ["production", True]


def test_invoke_tells_of_a_stage_that_is_none(app: Path) -> None:
    """A wrong ARC_ENV is told, and testing is used."""
    result = invoke(app, "get /things/:id", ARC_ENV="x")

    assert result.exit_code == 0
    assert 'ARC_ENV is "x"' in result.stderr


def test_invoke_reads_standard_input(app: Path) -> None:
    """A dash is standard input."""
    assert invoke(app, "get /things/:id", "--event", "-", stdin="7").stdout == "7\n"


def test_invoke_says_what_would_fail_on_lambda(app: Path) -> None:
    """Beside the result, which is as good as any."""
    handler = app / "src/http/get-broken/index.py"
    handler.write_text("def handler(e, c): open('visits.json', 'w').close()\n")
    result = invoke(app, "get /broken")

    assert result.exit_code == 0
    assert 'wrote "visits.json" in its folder' in result.stderr


def test_invoke_fails_with_the_handler(app: Path) -> None:
    """Exit 1 and the traceback where the handler raises."""
    result = invoke(app, "get /broken")

    assert result.exit_code == 1
    assert "KeyError: 'missing'" in result.stderr


def test_invoke_names_what_is_near(app: Path) -> None:
    """An unknown function is a usage error that names the nearest one."""
    result = invoke(app, "get /brokn")

    assert result.exit_code == 2
    assert '"get /broken"' in result.stderr


def test_invoke_refuses_an_event_that_is_not_json(app: Path) -> None:
    """A bad event is told with its place, before anything runs."""
    result = invoke(app, "get /broken", "--event", "-", stdin="{")

    assert result.exit_code == 2
    assert "not JSON" in result.stderr


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("connect", ["CONNECT", "$connect", None]),
        ("default", ["MESSAGE", "$default", "{}"]),
        ("hello", ["MESSAGE", "hello", "{}"]),
        ("disconnect", ["DISCONNECT", "$disconnect", None]),
    ],
)
def test_invoke_makes_up_an_event_of_a_websocket(
    app: Path, name: str, told: object
) -> None:
    """In the form that API Gateway gives each function of @ws."""
    (app / "app.arc").write_text(f"{APP}\n@ws\nhello\n")
    write_files(app, {f"src/ws/{name}/index.py": ECHO})

    event = json.loads(invoke(app, f"@ws {name}").stdout)

    context = event["requestContext"]
    assert [context["eventType"], context["routeKey"], event.get("body")] == told
    assert re.fullmatch("[A-Za-z0-9_-]{15}=", context["connectionId"])
    assert context["identity"] == {"sourceIp": "127.0.0.1"}
    assert context.get("disconnectStatusCode") == (
        1005 if name == "disconnect" else None
    )
