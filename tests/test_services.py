"""Service discovery, as SSM's protocol and as the unmodified runtime helpers see it."""

import io
import itertools
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.clock import ManualClock
from sandbox.httpd import LoopbackServer
from sandbox.project.model import Key, Project, Static, Table
from sandbox.services import Services, logical_id, service_map
from sandbox.tables.store import TableStore

PORTS = {"http": 3333, "tables": 5555, "events": 4444, "_arc": 2222}


def make_project(*names: str, **settings: Any) -> Project:
    """Give a project with tables of these names."""
    return Project(
        root=Path("/app"),
        name="my-app",
        manifest_file=None,
        tables=tuple(
            Table(name=name, partition_key=Key(attribute="id")) for name in names
        ),
        **settings,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("app-testing", "AppTesting"),
        ("my-app-staging", "MyAppStaging"),
        ("myApp-production", "MyAppProduction"),
        ("arc-app-testing", "ArcAppTesting"),
        ("_a_", "A"),
        ("a", "A"),
        ("get", "GetIndex"),
        ("x9-testing", "X9Testing"),
        ("na\u00efve-app", "NaVeApp"),
    ],
)
def test_logical_id_is_architects(text: str, expected: str) -> None:
    """Both helpers form the stack's name in this way to find their parameters."""
    assert logical_id(text) == expected


def test_service_map_has_tables_ports_and_the_bucket() -> None:
    """Testing has the tables of staging, under the app's name and the fallback."""
    static = Static(folder=Path("/app/public"))

    assert service_map(
        make_project("cats", static=static), ports=PORTS, stage="testing"
    ) == {
        f"/{stack}/{name}": value
        for stack in ("MyAppTesting", "ArcAppTesting")
        for name, value in {
            "tables/cats": "my-app-staging-cats",
            "ARC_SANDBOX/ports": json.dumps(PORTS),
            "static/bucket": "/app/public",
        }.items()
    }


def test_production_has_tables_of_its_own() -> None:
    """A handler that runs as production does not touch the rows of staging."""
    services = service_map(make_project("cats"), ports=PORTS, stage="production")

    assert services["/MyAppProduction/tables/cats"] == "my-app-production-cats"


def answer_gone(_environ: object, start_response: Any) -> list[bytes]:
    """Be an API of connections, with none."""
    start_response("410 Gone", [])
    return [b"{}"]


def ask(
    operation: str,
    body: object,
    *,
    names: tuple[str, ...] = ("cats", "dogs"),
    **environ: Any,
) -> tuple[str, Any]:
    """Send one request to `/_arc/ssm`; give the status and the body."""
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    project = make_project(*names)
    services = Services(
        lambda: service_map(project, ports=PORTS, stage="testing"),
        connections=answer_gone,
    )
    told: list[Any] = []
    pieces = services(
        {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/_arc/ssm",
            "HTTP_X_AMZ_TARGET": f"AmazonSSM.{operation}",
            "CONTENT_LENGTH": str(len(sent)),
            "wsgi.input": io.BytesIO(sent),
            **environ,
        },
        lambda *answer: told.append(answer),  # type: ignore[arg-type]
    )
    return told[0][0], json.loads(b"".join(pieces))


def names_of(answer: Any) -> list[str]:
    """Give the names of the parameters in an answer."""
    return [parameter["Name"] for parameter in answer["Parameters"]]


def test_parameters_come_by_path() -> None:
    """All levels below the stack where asked for, and one level otherwise."""
    status, deep = ask(
        "GetParametersByPath", {"Path": "/MyAppTesting", "Recursive": True}
    )
    _status, tables = ask("GetParametersByPath", {"Path": "/MyAppTesting/tables/"})
    _status, flat = ask("GetParametersByPath", {"Path": "/MyAppTesting"})
    _status, other = ask("GetParametersByPath", {"Path": "/My", "Recursive": True})

    assert status == "200 OK"
    assert names_of(deep) == [
        "/MyAppTesting/ARC_SANDBOX/ports",
        "/MyAppTesting/tables/cats",
        "/MyAppTesting/tables/dogs",
    ]
    assert names_of(tables) == names_of(deep)[1:]
    assert (names_of(flat), names_of(other)) == ([], [])


def test_many_parameters_come_in_pages() -> None:
    """As in SSM, a page has ten, and each parameter comes exactly once."""
    tables = tuple(f"table-{number:02}" for number in range(23))
    request: dict[str, Any] = {"Path": "/MyAppTesting/tables"}
    pages: list[list[str]] = []
    while True:
        _status, answer = ask("GetParametersByPath", request, names=tables)
        pages.append(names_of(answer))
        if "NextToken" not in answer:
            break
        request["NextToken"] = answer["NextToken"]

    assert [len(page) for page in pages] == [10, 10, 3]
    assert list(itertools.chain(*pages)) == [
        f"/MyAppTesting/tables/{name}" for name in tables
    ]


@pytest.mark.parametrize("gone", [0, 3, 9, 12])
def test_a_manifest_that_changes_between_pages_hides_nothing(gone: int) -> None:
    """A function that starts then would take its session's table for missing."""
    tables = [f"table-{number:02}" for number in range(12)]
    request: dict[str, Any] = {"Path": "/MyAppTesting/tables"}
    _status, first = ask("GetParametersByPath", request, names=tuple(tables))

    request["NextToken"] = first["NextToken"]
    fewer = tuple(name for name in tables if name >= f"table-{gone:02}")
    status, second = ask("GetParametersByPath", request, names=fewer)

    assert status == "200 OK"
    later = [f"/MyAppTesting/tables/{n}" for n in tables[10:] if n in fewer]
    assert names_of(second) == later


def test_parameters_come_by_name() -> None:
    """One, or several with the names that are unknown."""
    name = "/MyAppTesting/tables/cats"
    _status, one = ask("GetParameter", {"Name": name})
    _status, some = ask("GetParameters", {"Names": [name, "/no"]})

    assert one["Parameter"]["Value"] == "my-app-staging-cats"
    assert (names_of(some), some["InvalidParameters"]) == ([name], ["/no"])


@pytest.mark.parametrize(
    ("operation", "body", "code"),
    [
        ("GetParameter", {"Name": "/MyAppTesting/tables/cows"}, "ParameterNotFound"),
        ("GetParameter", {}, "ValidationException"),
        ("GetParameters", {"Names": "x"}, "ValidationException"),
        ("GetParametersByPath", {"Path": 1}, "ValidationException"),
        (
            "GetParametersByPath",
            {"Path": "/MyAppTesting", "MaxResults": 11},
            "ValidationException",
        ),
        (
            "GetParametersByPath",
            {"Path": "/MyAppTesting", "NextToken": "x"},
            "InvalidNextToken",
        ),
        (
            "GetParametersByPath",
            {"Path": "/MyAppTesting", "NextToken": "9" * 5000},
            "InvalidNextToken",
        ),
        ("PutParameter", {}, "UnknownOperationException"),
        ("GetParameter", b"{", "SerializationException"),
        ("GetParameter", b"[]", "SerializationException"),
    ],
)
def test_a_bad_request_gets_ssms_error(operation: str, body: object, code: str) -> None:
    """The code is one that SDKs know."""
    status, answer = ask(operation, body)

    assert (status, answer["__type"]) == ("400 Bad Request", code)


@pytest.mark.parametrize(
    "environ",
    [{"PATH_INFO": "/_arc/ws"}, {"PATH_INFO": "/"}, {"REQUEST_METHOD": "GET"}],
)
def test_anything_else_is_told_what_is_here(environ: dict[str, str]) -> None:
    """Somebody who opens a wrong address learns the right one."""
    status, answer = ask("GetParameter", {"Name": "/x"}, **environ)

    assert status == "404 Not Found"
    assert "/_arc/ssm" in answer["available"][0]


def test_what_is_asked_of_connections_is_passed_on() -> None:
    """Whoever knows of WebSockets answers below `/_arc/ws/@connections/`."""
    status, _answer = ask("", b"", PATH_INFO="/_arc/ws/@connections/abc=")

    assert status == "410 Gone"


@pytest.fixture
def helper_environment() -> Iterator[dict[str, str]]:
    """Serve tables and services, and give what a handler's environment says of them."""
    project = make_project("cats")
    store = TableStore(clock=ManualClock())
    store.apply(project)
    ports: dict[str, int] = {}
    services = Services(
        lambda: service_map(project, ports=ports, stage="testing"),
        connections=answer_gone,
    )
    with (
        LoopbackServer(store, name="tables") as tables,
        LoopbackServer(services, name="internal") as internal,
    ):
        ports |= {"tables": tables.port, "_arc": internal.port}
        yield {
            "ARC_ENV": "testing",
            "ARC_APP_NAME": "my-app",
            "ARC_SANDBOX": json.dumps({"ports": ports, "version": "9.0.0"}),
            "AWS_REGION": "us-west-2",
            "AWS_ACCESS_KEY_ID": "arcDummyAccessKey",
            "AWS_SECRET_ACCESS_KEY": "arcDummySecretKey",
        }
    store.close()


def run(command: list[str], environment: dict[str, str]) -> str:
    """Run a program that uses a helper; give what it prints."""
    finished = subprocess.run(
        command,
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


@pytest.mark.slow
def test_architect_functions_finds_its_tables(
    helper_environment: dict[str, str],
) -> None:
    """The unmodified helper from PyPI writes and reads a row."""
    script = (
        "import arc\n"
        "cats = arc.tables.table('cats')\n"
        "cats.put_item(Item={'id': 'tom'})\n"
        "print(arc.tables.name('cats'), cats.get_item(Key={'id': 'tom'})['Item'])\n"
    )

    told = run([sys.executable, "-c", script], helper_environment)

    assert told == "my-app-staging-cats {'id': 'tom'}\n"


@pytest.mark.slow
def test_architect_functions_for_node_finds_its_tables(
    helper_environment: dict[str, str], node_modules: Path, tmp_path: Path
) -> None:
    """The unmodified helper from npm does so too, with its own DynamoDB client."""
    (tmp_path / "node_modules").symlink_to(node_modules)
    script = tmp_path / "script.cjs"
    script.write_text(
        "let arc = require('@architect/functions')\n"
        "async function main () {\n"
        "  let data = await arc.tables()\n"
        "  await data.cats.put({ id: 'tom', tags: [ 'a' ], n: 1.5 })\n"
        "  let { Items } = await data.cats.scan({})\n"
        "  console.log(data.name('cats'), JSON.stringify(Items))\n"
        "}\n"
        "main()\n"
    )

    node = shutil.which("node") or "node"

    told = run([node, str(script)], helper_environment)

    assert told == 'my-app-staging-cats [{"id":"tom","tags":["a"],"n":1.5}]\n'
