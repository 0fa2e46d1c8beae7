"""The one address of a run."""

import httpx

from sandbox.httpd import LoopbackServer
from sandbox.testing import Front
from sandbox.testing.client import WsgiTransport


def app_that_says(text: str):  # type: ignore[no-untyped-def]
    """Give a WSGI application with one answer."""

    def app(environ, start_response):  # type: ignore[no-untyped-def]
        start_response("200 OK", [("content-type", "text/plain")])
        return [text.encode()]

    return app


def test_the_current_app_answers() -> None:
    """The address stays the same while tests come and go."""
    front = Front()
    with httpx.Client(
        transport=WsgiTransport(lambda: front), base_url="http://localhost"
    ) as client:
        nobody = client.get("/")
        front.show(app_that_says("one"))
        one = client.get("/").text
        front.show(app_that_says("two"))

        assert nobody.status_code == 503
        assert (one, client.get("/").text) == ("one", "two")


def test_it_answers_on_a_socket() -> None:
    """Real browsers reach it."""
    front = Front()
    front.show(app_that_says("here"))
    with LoopbackServer(front, name="front") as server:
        assert httpx.get(server.url).text == "here"
