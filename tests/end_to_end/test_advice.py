"""Advice where a developer meets it: at start, after an edit, and at a request."""

import signal
from pathlib import Path
from typing import Any

import pytest

from sandbox import runtime_helper

pytestmark = pytest.mark.slow

COUNT = """import arc
def handler(request, context):
    session = arc.http.session_read(request)
    session["count"] = int(session.get("count", 0)) + 1
    return arc.http.res(request, {"session": session, "json": {}})
"""
BIG = """import arc
def handler(request, context):
    return arc.http.res(request, {"session": {"big": "x" * 4000}})
"""
FILES = {"src/http/get-index/index.py": COUNT, "src/http/get-big/index.py": BIG}
ROUTES = ("get /", "get /big")
GUIDE = "@tables\nsessions\n  _idx *String\n  ttl TTL\n"
SECRET = f"ARC_APP_SECRET={'S' * 32}\n"


def own_helper_in(app: Any) -> None:
    """Let the app's functions have the sandbox's own `arc`."""
    source = Path(next(iter(runtime_helper.__path__))) / "arc"
    for folder in ("get-index", "get-big"):
        vendor = app.root / "src/http" / folder / "vendor"
        vendor.mkdir()
        (vendor / "arc").symlink_to(source)


def test_start_tells_advice_and_what_an_edit_adds(
    make_app: Any, command: Any, wait_until: Any
) -> None:
    """After it is ready; what was told is not told again; hints are not told."""
    app = make_app({**FILES, ".env": SECRET}, *ROUTES, more=GUIDE)
    started = command("start", cwd=app.root)
    wait_until(lambda: "src/http/get-big/index.py:1" in started.output)
    before, _, after = started.output.partition("Local environment ready")

    assert "warning" not in before
    assert "no requirements.txt names its package." in after
    assert "any age" not in after

    app.write({".env": f"{SECRET}ARC_SESSION_TABLE_NAME=sessions\n"})
    of_the_edit = "which no runtime helper writes."
    wait_until(lambda: of_the_edit in started.output, what="advice about the TTL")
    started.send(signal.SIGINT)
    started.wait()

    assert of_the_edit not in after
    assert started.output.count(of_the_edit) == 1
    assert started.output.count("no requirements.txt names") == 1


def test_start_with_verbose_tells_hints(
    make_app: Any, command: Any, wait_until: Any
) -> None:
    """What is harmless here is for those who ask."""
    app = make_app(FILES, *ROUTES)

    started = command("start", "--verbose", cwd=app.root)

    wait_until(lambda: "ARC_APP_SECRET is not set" in started.output)


def texts(served: Any) -> list[str]:
    served.sandbox.tick()
    return [notice.text for notice in served.notices if notice.level == "warning"]


@pytest.mark.parametrize("store", ["jwe", "sessions"])
def test_a_refused_session_is_explained_once(
    make_app: Any, serve: Any, store: str
) -> None:
    """Helpers read it as an empty one; the request's notes say why."""
    dotenv = f"{SECRET}ARC_SESSION_TABLE_NAME={store}\n"
    served = serve(make_app({**FILES, ".env": dotenv}, *ROUTES, more=GUIDE))
    client = served.client
    client.get("/")
    assert texts(served) == []

    for _ in range(2):
        client.get("/", headers={"cookie": "_idx=forged.cookie"})
        client.cookies.clear()

    refused = [text for text in texts(served) if "The session was refused." in text]
    notes = [exchange.notes for exchange in served.sandbox.journal.recent()]
    assert len(refused) == 1
    assert refused[0].startswith("GET /\n")
    assert [len(each) for each in notes] == [0, 1, 1]


def test_a_cookie_that_the_helper_loses_is_explained(
    make_app: Any, serve: Any, wait_until: Any
) -> None:
    """Only where the helper is the one that loses it."""
    app = make_app({**FILES, ".env": SECRET}, *ROUTES)
    served = serve(app)
    served.client.get("/")
    value = served.client.cookies["_idx"]
    header = {"cookie": f'consent={{"a": 1}}; _idx={value}'}

    served.client.get("/", headers=header)
    wait_until(lambda: texts(served))
    (text,) = texts(served)
    assert "architect-functions does not find _idx" in text

    served.notices.clear()
    own_helper_in(app)
    served.client.get("/", headers=header)
    assert texts(served) == []


def test_a_cookie_that_browsers_drop_is_explained(
    make_app: Any, serve: Any, wait_until: Any
) -> None:
    """A token over 4,096 bytes never comes back, so the response has the note."""
    served = serve(make_app({**FILES, ".env": SECRET}, *ROUTES))

    served.client.get("/big")
    wait_until(lambda: texts(served))

    (text,) = texts(served)
    assert text.startswith("GET /big\nBrowsers will not keep the _idx cookie")
    assert "4096" in text


def test_two_session_cookies_are_explained(make_app: Any, serve: Any) -> None:
    """A stale second one signs people out without a word."""
    served = serve(make_app({**FILES, ".env": SECRET}, *ROUTES))
    served.client.get("/")
    value = served.client.cookies["_idx"]

    served.client.get("/", headers={"cookie": f"_idx=stale; _idx={value}"})

    (text,) = texts(served)
    assert "2 _idx cookies" in text
