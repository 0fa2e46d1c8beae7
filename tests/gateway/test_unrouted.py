"""What answers where no route does, and in which order."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sandbox.clock import MovableClock
from sandbox.exchange import HttpResponse
from sandbox.gateway.payload import MAX_PAYLOAD_BYTES
from sandbox.gateway.unrouted import Unrouted
from sandbox.httpd import LoopbackServer
from sandbox.project.model import Preferences, Project, Static
from tests.gateway.conftest import Stage, make_project, make_request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

CLOCK = MovableClock()
DEAD = "http://127.0.0.1:1"


@pytest.fixture
def static(tmp_path: Path) -> Static:
    """A folder with one page."""
    (tmp_path / "index.html").write_text("index")
    return Static(folder=tmp_path)


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("GET /_static/index.html", 200),
        ("HEAD /_static/index.html", 200),
        ("GET /_static/missing", 404),
        ("POST /_static/index.html", None),
        ("GET /_staticfoo", None),
        ("GET /", None),
    ],
)
def test_static_comes_before_routes(
    static: Static, line: str, status: int | None
) -> None:
    """Only reading, only under `/_static`."""
    unrouted = Unrouted(make_project("get /*", static=static), CLOCK)
    answer = unrouted.before_routes(make_request(line))

    assert (answer and answer.status) == status


@pytest.mark.parametrize(
    ("line", "root_handler", "status"),
    [
        ("GET /", "arcStaticAssetProxy", 200),
        ("HEAD /", "arcStaticAssetProxy", 200),
        ("POST /", "arcStaticAssetProxy", 404),
        ("GET /missing.css", "arcStaticAssetProxy", 404),
        ("GET /index.html", "get /", 404),
    ],
)
def test_static_root_comes_after_routes(
    static: Static, line: str, root_handler: str, status: int
) -> None:
    """Where the static asset proxy owns the root, it answers reading requests."""
    project = make_project(static=static, root_handler=root_handler)

    assert Unrouted(project, CLOCK).after_routes(make_request(line)).status == status


def test_proxy_comes_before_the_static_root(static: Static) -> None:
    """A dead target is a clear 502 to people and programs."""
    unrouted = Unrouted(
        make_project(static=static, proxy_url=DEAD, root_handler="proxy"), CLOCK
    )
    told = unrouted.after_routes(make_request("GET /x", "Accept: text/html"))
    answer = unrouted.after_routes(make_request("GET /x"))

    assert (answer.status, json.loads(answer.body)) == (502, {"message": "Bad Gateway"})
    assert "http://127.0.0.1:1" in told.body.decode()
    assert "Connection refused" in told.body.decode()


@pytest.mark.parametrize(
    ("path", "is_noted"), [("/index.html", False), ("/_static/index.html", True)]
)
def test_what_a_proxy_target_answers_is_no_file(
    static: Static, path: str, *, is_noted: bool
) -> None:
    """Whatever is under the same name in the static folder."""
    left_out = replace(static, ignore=("index",))
    unrouted = Unrouted(make_project(static=left_out, proxy_url=DEAD), CLOCK)
    answered = HttpResponse(status=200, headers=())

    assert bool(unrouted.notes_on(make_request(f"GET {path}"), answered)) == is_noted


def test_file_too_large_for_a_lambda(static: Static) -> None:
    """The page names the address that works."""
    (static.folder / "big.bin").write_bytes(b"\0" * (MAX_PAYLOAD_BYTES + 1))
    project = make_project(static=static, root_handler="arcStaticAssetProxy")
    request = make_request("GET /big.bin", "Accept: text/html")
    answer = Unrouted(project, CLOCK).after_routes(request)

    assert answer.status == 500
    assert "/_static/big.bin" in answer.body.decode()


def test_preflight_is_answered_where_the_preferences_say() -> None:
    """Otherwise it is a request like others, as on API Gateway."""
    wanted = Preferences(settings={"sandbox": {"cors": True}})
    request = make_request(
        "OPTIONS /x", "Origin: http://a.test", "Access-Control-Request-Method: PUT"
    )
    with_cors = Unrouted(make_project(preferences=wanted), CLOCK).before_routes(request)

    assert with_cors is not None
    assert with_cors.status == 204
    assert Unrouted(make_project(), CLOCK).before_routes(request) is None


def test_proxied_answers_are_read_as_others_are(
    stage: Callable[[Project], Stage],
) -> None:
    """However the target writes names: one CORS header, and cookies are noted."""

    def target(environ: "WSGIEnvironment", start: "StartResponse") -> list[bytes]:
        cookie = "a=1; Secure"
        allowed = ("Access-Control-Allow-Origin", "http://localhost:5173")
        start("200 OK", [allowed, ("Set-Cookie", cookie)])
        return [b"ok"]

    with LoopbackServer(target, name="target") as server:
        preferences = Preferences(settings={"sandbox": {"cors": True}})
        here = stage(make_project(proxy_url=server.url, preferences=preferences))
        answer = here.ask("GET /", "Host: 192.0.2.1", "Origin: http://localhost:5173")

    names = [name.lower() for name, _ in answer.headers]
    assert names.count("access-control-allow-origin") == 1
    assert len(here.exchanges[0].notes) == 1
