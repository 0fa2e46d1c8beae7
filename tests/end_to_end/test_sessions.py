"""Sessions of a real app with the real `architect-functions`, in both stores."""

from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.slow

READ = """import arc
def handler(request, context):
    session = arc.http.session_read(request)
    return {"count": int(session.get("count", 0))}
"""
COUNT = """import arc
def handler(request, context):
    session = arc.http.session_read(request)
    session["count"] = int(session.get("count", 0)) + 1
    return arc.http.res(request, {"session": session, "location": "/"})
"""
DESTROY = """import arc
def handler(request, context):
    return arc.http.res(request, {"session": {}, "location": "/"})
"""
FILES = {
    "src/http/get-index/index.py": READ,
    "src/http/post-count/index.py": COUNT,
    "src/http/post-destroy/index.py": DESTROY,
}
ROUTES = ("get /", "post /count", "post /destroy")
TABLE = "@tables\nsessions\n  _idx *String\n  _ttl TTL\n"
STORES = ["jwe", "sessions"]


@pytest.fixture(params=STORES)
def session_app(request: pytest.FixtureRequest, make_app: Any, serve: Any) -> Any:
    """Serve the count app in one of the two stores."""
    dotenv = f"ARC_SESSION_TABLE_NAME={request.param}\n"
    return serve(make_app({**FILES, ".env": dotenv}, *ROUTES, more=TABLE))


def count_of(client: httpx.Client) -> int:
    count: int = client.get("/").json()["count"]
    return count


def test_a_session_counts_and_is_destroyed(session_app: Any) -> None:
    """It survives across requests, until `session: {}` empties it."""
    client = session_app.client

    for _ in range(3):
        assert client.post("/count").status_code == 302
    counted = count_of(client)
    client.post("/destroy")

    assert (counted, count_of(client)) == (3, 0)


def test_two_browsers_are_apart(session_app: Any) -> None:
    """Each cookie jar has a session of its own."""
    other = httpx.Client(base_url=session_app.sandbox.url)
    session_app.client.post("/count")
    session_app.client.post("/count")
    other.post("/count")

    assert (count_of(session_app.client), count_of(other)) == (2, 1)
    other.close()


def test_a_tampered_cookie_is_an_empty_session(session_app: Any) -> None:
    """A changed cookie reads as no session at all, and is no error."""
    client = session_app.client
    client.post("/count")
    value = client.cookies["_idx"].strip('"')
    client.cookies.clear()

    forged = value[:-6] + ("AAAAAA" if not value.endswith("AAAAAA") else "BBBBBB")
    answer = client.get("/", headers={"cookie": f"_idx={forged}"})

    assert answer.json() == {"count": 0}


def test_the_root_demo_signs_in_and_out(serve: Any, pytestconfig: Any) -> None:
    """The repository's own app.arc runs: count, sign in, sign out."""
    client = serve(pytestconfig.rootpath).client

    client.post("/sign-in", data={"name": "Ada <3"}, follow_redirects=True)
    page = client.post("/count", follow_redirects=True)
    signed_in = client.get("/api/session").json()
    out = client.post("/sign-out", follow_redirects=True)

    assert "Hello, Ada &lt;3" in page.text
    assert signed_in == {"count": 1, "person": "Ada <3"}
    assert "Your name" in out.text


def test_the_notes_demo_keeps_notes_in_the_cookie(
    serve: Any, pytestconfig: Any
) -> None:
    """The second demo is JWE-backed, and needs no table."""
    client = serve(pytestconfig.rootpath / "fixtures/apps/notes").client

    client.post("/notes", data={"note": "milk"})
    page = client.post("/notes", data={"note": "bread"}, follow_redirects=True)
    cleared = client.post("/clear", follow_redirects=True)

    assert "<li>milk</li><li>bread</li>" in page.text
    assert "<li>" not in cleared.text
