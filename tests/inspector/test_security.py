"""Every attack that a web page, or another machine, can try on the internal port."""

import socket
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from sandbox.inspector.app import Inspector
from sandbox.inspector.endpoints import Directory, Endpoint
from sandbox.inspector.messages import ApiRequest, JsonAnswer
from sandbox.inspector.pages.site import Site
from sandbox.inspector.schemas import OBJECT
from sandbox.inspector.security import Caller, Policy, is_signing_in, refuse

LOCAL = {"host": "localhost:2222"}
CHANGE = {**LOCAL, "x-arc-sandbox": "1"}


def caller(
    headers: Mapping[str, str], method: str = "GET", path: str = "/api/clock"
) -> Caller:
    return Caller(
        method=method,
        path=path,
        scheme="http",
        client_address="127.0.0.1",
        headers=headers,
    )


@pytest.mark.parametrize(
    "host",
    [
        "localhost:2222",
        "localhost",
        "LOCALHOST:2222",
        "127.0.0.1:2222",
        "[::1]:2222",
        "[::1]",
    ],
)
def test_this_machines_names_are_let_in(host: str) -> None:
    """Whatever a developer types for this machine works."""
    assert refuse(caller({"host": host}), Policy()) is None


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:2222",
        "localhost.evil.example:2222",
        "127.0.0.1.evil.example",
        "localhost@evil.example",
        "evil.localhost:2222",
        "192.168.0.7:2222",
        "0.0.0.0:2222",
        "[::ffff:7f00:1]:2222",
        "[::1].evil.example",
        "",
    ],
)
@pytest.mark.parametrize("path", ["/api/clock", "/", "/_arc/ssm"])
def test_a_rebound_host_name_is_refused(host: str, path: str) -> None:
    """DNS rebinding: the name resolves to this machine, and is still a stranger's."""
    refusal = refuse(caller({"host": host}, path=path), Policy())

    assert refusal is not None
    assert refusal.status == 403


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "http://localhost:3333",
        "https://localhost:2222",
        "http://localhost:2222.evil.example",
        "http://127.0.0.1:2222",
        "null",
        "",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", ["/api/clock", "/_arc/ssm"])
def test_another_origin_is_refused(origin: str, method: str, path: str) -> None:
    """Not even the app's own port may drive the inspector."""
    headers = {**CHANGE, "origin": origin}

    assert refuse(caller(headers, method, path), Policy()) is not None


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "X"])
def test_a_change_needs_the_header(method: str) -> None:
    """A form cannot send it, and a page of another origin may not."""
    own = {"origin": "http://localhost:2222"}

    without = refuse(caller({**LOCAL, **own}, method), Policy())

    assert without is not None
    assert '"X-Arc-Sandbox: 1"' in without.message
    assert refuse(caller({**CHANGE, **own}, method), Policy()) is None
    assert refuse(caller({**LOCAL, "x-arc-sandbox": "0"}, method), Policy())


def test_a_runtime_helper_needs_no_header() -> None:
    """The helpers of the AWS SDKs ask for parameters as they ask AWS."""
    assert refuse(caller(LOCAL, "POST", "/_arc/ssm"), Policy()) is None


@pytest.mark.parametrize("path", ["/_arc", "/_ARC/ssm", "/api/_arc/ssm", "//_arc/ssm"])
def test_only_the_services_are_exempt(path: str) -> None:
    """What merely looks like their path is guarded as all else."""
    assert refuse(caller(LOCAL, "POST", path), Policy()) is not None


@pytest.mark.parametrize("destination", ["iframe", "frame", "embed", "object"])
def test_framing_is_refused(destination: str) -> None:
    """Nothing is shown where a page could lay itself over it."""
    headers = {**LOCAL, "sec-fetch-dest": destination, "sec-fetch-mode": "navigate"}

    assert refuse(caller(headers), Policy()) is not None


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_foreign_page_may_link_here_but_not_load(site: str) -> None:
    """A click on a link is fine; a script, an image or a fetch is not."""
    link = {**LOCAL, "sec-fetch-site": site, "sec-fetch-mode": "navigate"}
    script = {**LOCAL, "sec-fetch-site": site, "sec-fetch-mode": "no-cors"}

    assert refuse(caller(link), Policy()) is None
    assert refuse(caller(script), Policy()) is not None
    assert refuse(caller({**CHANGE, **link}, "POST"), Policy()) is not None


@pytest.mark.parametrize(
    ("headers", "query_token", "is_in"),
    [
        ({}, "", False),
        ({"authorization": "Bearer right"}, "", True),
        ({"authorization": "bearer right"}, "", True),
        ({"authorization": "Bearer wrong"}, "", False),
        ({"authorization": "Bearer "}, "", False),
        ({"authorization": "Basic right"}, "", False),
        ({"cookie": "a=b; arc-sandbox-token=right"}, "", True),
        ({"cookie": "arc-sandbox-token=wrong"}, "", False),
        ({}, "right", True),
        ({}, "wröng", False),
    ],
)
def test_an_exposed_inspector_asks_for_its_token(
    headers: Mapping[str, str],
    query_token: str,
    is_in: bool,  # noqa: FBT001 - a table's column
) -> None:
    """Other machines come by any name, and must know the token."""
    asked = replace(
        caller({"host": "192.168.0.7:2222", **headers}), query_token=query_token
    )

    assert (refuse(asked, Policy(token="right")) is None) is is_in


def test_exposed_services_serve_this_machine_alone() -> None:
    """Helpers know no token, and only those of this machine are let in without."""
    helper = caller(LOCAL, "POST", "/_arc/ssm")
    policy = Policy(token="right")

    assert refuse(helper, policy) is None
    assert refuse(replace(helper, client_address="192.168.0.9"), policy) is not None
    rebound = replace(helper, headers={"host": "evil.example"})
    assert refuse(rebound, policy) is not None


def test_the_token_signs_a_person_in_once() -> None:
    """Only the address that was printed leads to the cookie."""
    visit = replace(caller(LOCAL), query_token="right")

    assert is_signing_in(visit, Policy(token="right"))
    assert not is_signing_in(replace(visit, query_token="x"), Policy(token="right"))
    assert not is_signing_in(visit, Policy())


# The same, through WSGI and sockets


def services(environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"services"]


def make_client(policy: Policy) -> httpx.Client:
    def answer(request: ApiRequest) -> JsonAnswer:
        return JsonAnswer(content={"got": request.body, "<b>": "</script>&"})

    endpoints = [
        Endpoint(method, "/api/thing", "", answer, gives=OBJECT)
        for method in ("GET", "POST")
    ]
    app = Inspector(
        services=services,
        make_directory=lambda: Directory(endpoints),
        make_pages=Site,
        policy=policy,
        on_change=lambda: None,
    )
    return httpx.Client(
        transport=httpx.WSGITransport(app=app), base_url="http://localhost:2222"
    )


def test_answers_carry_their_guards() -> None:
    """No framing, no sniffing, no caching, no scripts, and no CORS for anybody."""
    with make_client(Policy()) as client:
        for answer in (
            client.get("/api/thing", headers={"Sec-Fetch-Site": "same-origin"}),
            client.get("/api/nothing"),
            client.get("/api/thing", headers={"Origin": "http://evil.example"}),
        ):
            headers = answer.headers
            assert headers["x-frame-options"] == "DENY"
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["cross-origin-resource-policy"] == "same-origin"
            assert headers["cache-control"] == "no-store"
            assert headers["content-type"] == "application/json"
            assert not [name for name in headers if name.startswith("access-control")]


def test_a_preflight_gets_no_consent() -> None:
    """The browser asks before it sends the header, and is told no."""
    with make_client(Policy()) as client:
        answer = client.options(
            "/api/thing",
            headers={
                "Origin": "http://evil.example",
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "x-arc-sandbox",
            },
        )

    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    "kind",
    [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain",
        "",
    ],
)
def test_a_form_is_refused_even_with_the_header(kind: str) -> None:
    """Only JSON is a change."""
    headers = {"X-Arc-Sandbox": "1", "Content-Type": kind}
    with make_client(Policy()) as client:
        answer = client.post("/api/thing", content=b'{"a": 1}', headers=headers)

    assert answer.status_code == 415
    assert answer.json()["remedy"]


@pytest.mark.parametrize(
    "body",
    [
        b"[1]",
        b'"text"',
        b"{",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b"[" * 200_000,
        b'{"a": ' + b"9" * 5000 + b"}",
        b"\xff\xfe",
    ],
    ids=range(8),
)
def test_a_body_that_is_no_object_is_refused(body: bytes) -> None:
    """Whatever is sent, the answer is JSON with a remedy."""
    headers = {"X-Arc-Sandbox": "1", "Content-Type": "application/json"}
    with make_client(Policy()) as client:
        answer = client.post("/api/thing", content=body, headers=headers)

    assert answer.status_code == 400
    assert answer.json()["message"].startswith("The body is")


def test_a_huge_body_is_refused_unread() -> None:
    """A length beyond the limit is enough to say no."""
    headers = {"X-Arc-Sandbox": "1", "Content-Type": "application/json"}
    with make_client(Policy()) as client:
        answer = client.post(
            "/api/thing",
            content=b"{}",
            headers={**headers, "Content-Length": str(10**12)},
        )

    assert answer.status_code == 413


def test_markup_leaves_escaped() -> None:
    """JSON that is taken for a page has no tags in it."""
    with make_client(Policy()) as client:
        answer = client.get("/api/thing")

    assert not set(b"<>&") & set(answer.content)
    assert answer.json()["<b>"] == "</script>&"


def test_another_method_is_405_with_allow() -> None:
    """The client learns what it may use."""
    with make_client(Policy()) as client:
        answer = client.delete("/api/thing", headers={"X-Arc-Sandbox": "1"})

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, POST"


@pytest.mark.parametrize(
    ("path", "location"),
    [("/?token=right", "/"), ("//evil.example/?token=right", "/evil.example/")],
)
def test_signing_in_keeps_the_token_out_of_the_address(
    path: str, location: str
) -> None:
    """The cookie is for this host alone, and the redirect stays on it."""
    with make_client(Policy(token="right")) as client:
        answer = client.send(
            client.build_request("GET", httpx.URL("http://localhost:2222").join(path))
            if not path.startswith("//")
            else client.build_request("GET", f"http://localhost:2222{path}")
        )

    assert answer.status_code == 303
    assert answer.headers["location"] == location
    assert "HttpOnly; SameSite=Strict" in answer.headers["set-cookie"]


@pytest.mark.slow
def test_a_running_sandbox_refuses_each_attack(table_app: Any) -> None:
    """The attacks once more, over the internal port's own socket."""
    url = urlsplit(table_app.sandbox.inspector_url)
    attacks: list[tuple[str, Mapping[str, str], int]] = [
        ("POST", {"Host": "evil.example", "X-Arc-Sandbox": "1"}, 403),
        ("POST", {"Origin": "http://evil.example", "X-Arc-Sandbox": "1"}, 403),
        ("POST", {"Origin": table_app.sandbox.url, "X-Arc-Sandbox": "1"}, 403),
        ("POST", {"Content-Type": "application/x-www-form-urlencoded"}, 403),
        ("GET", {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Mode": "navigate"}, 403),
        ("GET", {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"}, 403),
    ]

    statuses = [
        httpx.request(method, f"{url.geturl()}/api/clock", headers=headers).status_code
        for method, headers, _ in attacks
    ]

    assert statuses == [status for _, _, status in attacks]
    assert table_app.sandbox.clock.offset_seconds == 0


@pytest.mark.slow
def test_a_request_without_a_host_is_refused(table_app: Any) -> None:
    """HTTP/1.0 needs no Host header; the inspector does."""
    port = table_app.sandbox.ports.internal
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        connection.sendall(b"GET /api/sessions HTTP/1.0\r\n\r\n")
        answer = connection.makefile("rb").readline()

    assert b" 403 " in answer
