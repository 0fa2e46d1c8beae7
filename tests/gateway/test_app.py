"""The gateway as a whole: a request in, an answer out, an exchange recorded."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import RFC_4122, UUID
from wsgiref.util import setup_testing_defaults

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.clock import ManualClock
from sandbox.errors import ManifestSyntaxError, SourceLocation
from sandbox.exchange import (
    Crashed,
    Execution,
    Frame,
    Invocation,
    Outcome,
    Raised,
    Returned,
    Throttled,
    TimedOut,
    Unavailable,
)
from sandbox.gateway.app import Gateway
from sandbox.gateway.cookie_expiry import BrowserCookies
from sandbox.http1.head import format_head
from sandbox.httpd import LoopbackServer
from sandbox.project.model import ApiType, Function, Project, Static
from tests.gateway.conftest import Stage, make_project, make_request

MakeStage = Callable[[Project], Stage]
RAISED = Raised(
    error_type="ValueError",
    message="<b>bad</b>",
    stack=(
        Frame(
            file="src/http/get-index/lambda.py",
            line=3,
            function="handler",
            source_line="    raise ValueError()",
            is_app_code=True,
        ),
    ),
    trace="Traceback …",
)


def test_request_becomes_event_answer_and_exchange(stage: MakeStage) -> None:
    """The function gets the event; the journal gets it all."""
    here = stage(make_project("get /p/:id")).returns({"statusCode": 201, "body": "hi"})
    response = here.ask("GET /p/7?x=1")
    [exchange] = here.exchanges
    [invocation] = here.invocations
    event: Any = invocation.event.value()

    assert (response.status, response.body) == (201, b"hi")
    assert event["pathParameters"] == {"id": "7"}
    assert event["requestContext"]["requestId"] == invocation.request_id
    assert invocation.function.name == "get /p/:id"
    assert exchange.request_id == invocation.request_id
    assert exchange.event == event
    assert exchange.execution is here.execution
    assert exchange.match is not None
    assert exchange.match.route.name == "get /p/:id"
    assert exchange.response == response
    assert ("apigw-requestid", exchange.request_id) in response.headers


def test_what_would_fail_on_lambda_is_noted(stage: MakeStage) -> None:
    """With every event that does it, and in the terminal once."""
    project = make_project("get /")
    here = stage(project)
    written = (str(project.routes[0].function.folder / "visits.json"),)
    here.execution = Execution(outcome=Returned(value="ok"), written=written)
    for _ in range(2):
        here.ask("GET /")

    assert len(here.said) == 1
    assert 'wrote "visits.json"' in here.said[0]
    assert [exchange.notes for exchange in here.exchanges] == [tuple(here.said)] * 2


def test_request_ids_are_random_uuids(stage: MakeStage) -> None:
    """RFC 9562, version 4, each another."""
    here = stage(make_project("get /")).returns({})
    for _ in range(20):
        here.ask("GET /")
    ids = [UUID(exchange.request_id) for exchange in here.exchanges]

    assert {(one.version, one.variant) for one in ids} == {(4, RFC_4122)}
    assert [str(one) for one in ids] == [each.request_id for each in here.exchanges]
    assert len(set(ids)) == 20


@pytest.mark.parametrize("api_type", ["http", "httpv1", "rest"])
@pytest.mark.parametrize(
    "sent", [(), ("x-amzn-trace-id: Root=1-5759e988-bd862e3fe1be46a994272793",)]
)
def test_event_and_invocation_belong_to_one_trace(
    stage: MakeStage, api_type: ApiType, sent: tuple[str, ...]
) -> None:
    """The function's own calls go on with the trace that the event names."""
    here = stage(make_project("get /", api_type=api_type))
    here.ask("GET /", *sent)
    [invocation] = here.invocations
    event: Any = invocation.event.value()
    headers = {name.lower(): value for name, value in event["headers"].items()}

    assert headers["x-amzn-trace-id"] == f"Root={invocation.trace_root}"


@pytest.mark.parametrize(
    ("outcome", "status", "message"),
    [
        (RAISED, 500, "Internal Server Error"),
        (TimedOut(seconds=5), 500, "Internal Server Error"),
        (Crashed(exit_code=-9), 500, "Internal Server Error"),
        (Crashed(exit_code=None), 500, "Internal Server Error"),
        (Unavailable(message="no file"), 500, "Internal Server Error"),
        (Throttled(concurrency=0), 503, "Service Unavailable"),
        (Returned(value={"statusCode": "x"}), 500, "Internal Server Error"),
    ],
)
def test_failure_is_told_to_programs_as_aws_tells_it(
    stage: MakeStage, outcome: Outcome, status: int, message: str
) -> None:
    """Status and message alone; what happened stays in the journal."""
    here = stage(make_project("get /"))
    here.execution = Execution(outcome=outcome)
    response = here.ask("GET /")

    assert (response.status, json.loads(response.body)) == (
        status,
        {"message": message},
    )
    assert ("content-type", "application/json") in response.headers
    assert here.exchanges[0].execution is here.execution


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (RAISED, "&lt;b&gt;bad&lt;/b&gt;"),
        (RAISED, "raise ValueError()"),
        (RAISED, "src/http/get-index/lambda.py"),
        (RAISED, "printed &lt;script&gt;"),
        (RAISED, "&quot;routeKey&quot;: &quot;GET /&quot;"),
        (TimedOut(seconds=1.5), "1.5"),
        (Crashed(exit_code=-9), "SIGKILL"),
        (Crashed(exit_code=3, log_tail="last words"), "exit code"),
        (Throttled(concurrency=2), "concurrency"),
        (Unavailable(message="no node", remedy="install it"), "install it"),
        (Returned(value={"statusCode": "<x>"}), "&lt;x&gt;"),
    ],
)
def test_failure_is_told_to_people_as_a_page(
    stage: MakeStage, outcome: Outcome, told: str
) -> None:
    """The cause, the code, the output and the event, escaped."""
    here = stage(make_project("get /"))
    here.execution = Execution(outcome=outcome, output="printed <script>")
    response = here.ask("GET /", "Accept: text/html,*/*;q=0.8")
    page = response.body.decode()

    assert response.status >= 500
    assert ("content-type", "text/html; charset=utf-8") in response.headers
    assert told in page
    assert "<script" not in page
    assert "<b>" not in page


@pytest.mark.parametrize(
    ("api_type", "status", "message"),
    [("http", 404, "Not Found"), ("rest", 403, "Missing Authentication Token")],
)
def test_unknown_route(
    stage: MakeStage, api_type: ApiType, status: int, message: str
) -> None:
    """Programs get AWS's answer, people the line to add."""
    here = stage(make_project("get /known", api_type=api_type))
    for_program = here.ask("PUT /other/x")
    for_person = here.ask("PUT /other/x", "Accept: text/html").body.decode()

    assert (for_program.status, json.loads(for_program.body)) == (
        status,
        {"message": message},
    )
    assert "put /other/x" in for_person
    assert "get /known" in for_person
    assert here.invocations == []
    assert [exchange.match for exchange in here.exchanges] == [None, None]


def test_malformed_path_is_a_bad_request(stage: MakeStage) -> None:
    """A parameter that cannot be decoded reaches no function."""
    here = stage(make_project("get /p/:id"))

    assert here.ask("GET /p/%zz").status == 400
    assert here.invocations == []


def test_broken_app_is_told_with_its_place(stage: MakeStage) -> None:
    """The manifest's error is in the browser; the gateway heals with it."""
    here = stage(make_project("get /"))
    location = SourceLocation(file="app.arc", line=3, column=2, source_line="<get")
    project, here.project = (
        here.project,
        ManifestSyntaxError("Unknown character.", location=location),
    )
    broken = here.ask("GET /", "Accept: text/html")
    here.project = project

    assert broken.status == 500
    assert "app.arc:3:2" in broken.body.decode()
    assert "&lt;get" in broken.body.decode()
    assert here.ask("GET /").status == 200


def test_bug_of_ours_is_told_and_survived(stage: MakeStage) -> None:
    """No exception leaves the gateway; the terminal gets the traceback."""
    here = stage(make_project("get /"))

    def fail(invocation: Invocation) -> Execution:
        raise RuntimeError("a bug")

    here.invoke = fail  # type: ignore[method-assign]
    here.__post_init__()
    response = here.ask("GET /")

    assert response.status == 500
    assert "RuntimeError: a bug" in here.said[0]
    assert len(here.exchanges) == 1


def test_project_that_changes_with_the_function_is_matched_again() -> None:
    """After a match the function's own files are asked for, and their word counts."""
    old, new = make_project("get /:x"), make_project("get /now")
    asked: list[Function | None] = []
    ran: list[str] = []

    class Changing:
        def current(self, function: Function | None = None) -> Project:
            asked.append(function)
            return old if len(asked) == 1 else new

    def run(invocation: Invocation) -> Execution:
        ran.append(invocation.function.name)
        return Execution(outcome=Returned(value="ok"))

    clock = ManualClock()
    gateway = Gateway(
        projects=Changing(),
        invoke=run,
        record=lambda _: None,
        clock=clock,
        say=lambda _: None,
        cookies=BrowserCookies(clock),
    )
    gateway.answer(make_request("GET /now"), port=1)

    assert [function and function.name for function in asked] == [
        None,
        "get /:x",
        "get /now",
    ]
    assert ran == ["get /now"]


def test_secure_cookie_is_noted_once_a_name(stage: MakeStage) -> None:
    """The terminal says it once, each exchange has it as a note."""
    here = stage(make_project("get /")).returns(
        {"statusCode": 200, "cookies": ["a=1; Secure", "b=2"]}
    )
    for _ in range(2):
        here.ask("GET /", "Host: 192.168.0.2:3333")

    note = 'The cookie "a" is Secure: browsers refuse it on plain HTTP.'
    assert here.said == [note]
    assert [exchange.notes for exchange in here.exchanges] == [(note,), (note,)]


@pytest.mark.parametrize(
    ("api_type", "result", "is_noted"),
    [
        ("httpv1", {"body": "x"}, True),
        ("httpv1", {"statusCode": 200, "body": "x"}, False),
        ("http", {"ok": True}, False),
        ("rest", {"body": "x"}, False),
    ],
)
def test_result_without_status_is_noted(
    stage: MakeStage, api_type: ApiType, result: dict[str, Any], *, is_noted: bool
) -> None:
    """Where API Gateway would answer 500, which Architect's sandbox does not."""
    here = stage(make_project("get /", api_type=api_type)).returns(result)

    assert here.ask("GET /").status == 200
    [exchange] = here.exchanges
    assert ["500" in note for note in exchange.notes] == [True] * is_noted
    assert len(here.said) == is_noted


def test_long_head_is_answered_and_noted(stage: MakeStage) -> None:
    """The terminal says it once; browsers send cookies of other apps here, too."""
    here = stage(make_project("get /")).returns({"statusCode": 200})
    for _ in range(2):
        assert here.ask("GET /", "Cookie: a=" + "b" * 10_240).status == 200

    assert len(here.said) == 1
    assert "API Gateway takes 10,240 bytes" in here.said[0]
    assert [exchange.notes for exchange in here.exchanges] == [tuple(here.said)] * 2


def test_a_file_that_is_not_deployed_is_noted(stage: MakeStage, tmp_path: Path) -> None:
    """It is served as ever; the terminal says once what AWS does."""
    (tmp_path / "draft.txt").write_text("draft")
    static = Static(folder=tmp_path, ignore=("draft",))
    here = stage(make_project(static=static, root_handler="arcStaticAssetProxy"))
    asked = ("/_static/draft.txt", "/draft.txt", "/_static/draft", "/draft")
    statuses = [here.ask(f"GET {path}").status for path in asked]

    assert statuses == [200, 200, 404, 404]
    assert len(here.said) == 1
    assert "On AWS it is a 404." in here.said[0]
    noted = [exchange.notes for exchange in here.exchanges]
    assert noted == [tuple(here.said)] * 2 + [()] * 2


def test_body_over_the_limit_is_refused_unread(stage: MakeStage) -> None:
    """Neither its declared length nor its chunks make the gateway read it."""
    here = stage(make_project("post /"))
    seen: dict[str, Any] = {}

    def start(status: str, headers: list[tuple[str, str]]) -> None:
        seen["status"] = status

    class Unreadable:
        def read(self, size: int) -> bytes:
            raise AssertionError("read")

    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "CONTENT_LENGTH": "11000000",
        "wsgi.input": Unreadable(),
    }
    setup_testing_defaults(environ)
    body = b"".join(here.gateway(environ, start))  # type: ignore[arg-type]

    assert seen["status"].startswith("413 ")  # Python 3.13 has another phrase
    assert json.loads(body) == {"message": "Request Entity Too Large"}
    assert here.invocations == []


def test_gateway_works_under_any_wsgi_client(stage: MakeStage) -> None:
    """A client without a socket gets the same answers."""
    here = stage(make_project("post /p/:id"))
    transport = httpx.WSGITransport(app=here.gateway)  # type: ignore[arg-type]
    with httpx.Client(transport=transport, base_url="http://testserver") as client:
        answer = client.post("/p/a b%C3%BC?x=%20", json={"a": 1}, headers={"X-A": "1"})
    event: Any = here.invocations[0].event.value()

    assert answer.status_code == 200
    assert event["rawPath"] == "/p/a bü"
    assert event["rawQueryString"] == "x=%20"
    assert event["headers"]["x-a"] == "1"
    assert json.loads(event["body"]) == {"a": 1}


def test_gateway_on_a_socket(stage: MakeStage) -> None:
    """Repeated headers, the raw path and chunks arrive over the wire."""
    here = stage(make_project("post /p/:id"))
    with LoopbackServer(here.gateway, name="test") as server:
        answer = httpx.post(
            f"{server.url}/p/a%2Fb",
            content=iter([b"one", b"two"]),
            headers=[("x-a", "1"), ("x-a", "2"), ("content-type", "text/plain")],
        )
    event: Any = here.invocations[0].event.value()

    assert answer.text == "ok"
    assert event["pathParameters"] == {"id": "a/b"}
    assert event["headers"]["x-a"] == "1,2"
    assert event["headers"]["x-forwarded-port"] == str(server.port)
    assert event["body"] == "onetwo"


def test_long_files_are_not_kept_in_the_journal(
    stage: MakeStage, tmp_path: Path
) -> None:
    """The exchange has the head, not a hundred kilobytes of file."""
    (tmp_path / "long.txt").write_bytes(b"x" * 100_000)
    here = stage(make_project("get /", static=Static(folder=tmp_path)))
    response = here.ask("GET /_static/long.txt")

    assert len(response.body) == 100_000
    assert here.exchanges[0].response.body == b""


LATIN = st.text(st.characters(max_codepoint=255), max_size=20)


@settings(suppress_health_check=list(HealthCheck))
@given(
    method=st.sampled_from(["GET", "POST", "HEAD", "x"]),
    path=st.text("/%25abz:*.é ", max_size=15),
    query=LATIN,
    headers=st.lists(
        st.tuples(st.sampled_from(["accept", "cookie", "host", "x"]), LATIN), max_size=4
    ),
    body=st.binary(max_size=20),
    result=st.none() | st.text(max_size=5) | st.dictionaries(LATIN, LATIN, max_size=2),
)
def test_any_request_is_answered_in_well_formed_http(
    *,
    method: str,
    path: str,
    query: str,
    headers: list[tuple[str, str]],
    body: bytes,
    result: Any,
) -> None:
    """No request and no result raises, and no bug page appears."""
    here = Stage(make_project("get /p/:id", "any /*")).returns(result)
    lines = [f"{name}: {value}" for name, value in headers]
    request = make_request(f"{method} /{path}?{query}", *lines, body=body)
    response = here.gateway.answer(request, port=1)

    format_head(f"{response.status} X", list(response.headers))
    assert here.said == []


def test_malformed_result_has_its_reason_as_a_note(stage: MakeStage) -> None:
    """Programs get a plain message, so the terminal must say what is wrong."""
    here = stage(make_project("get /")).returns({"statusCode": 99, "body": ""})
    here.ask("GET /")

    (note,) = here.exchanges[0].notes
    assert "99" in note


def test_body_over_the_limit_has_its_reason_as_a_note(stage: MakeStage) -> None:
    """A bare 413 in the terminal would leave it to guessing whose limit that is."""
    here = stage(make_project("post /"))
    here.gateway.answer(make_request("POST /"), port=1, is_too_large=True)
    here.gateway.answer(make_request("POST /", body=b"x" * 6_000_000), port=1)

    assert [exchange.response.status for exchange in here.exchanges] == [413, 413]
    (gateways,), (lambdas,) = (exchange.notes for exchange in here.exchanges)
    assert "API Gateway takes 10 MB" in gateways
    assert "Lambda takes 6 MB" in lambdas
