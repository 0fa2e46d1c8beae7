"""The gateway with live reload around it."""

from dataclasses import dataclass
from typing import Any

import pytest
from werkzeug.test import Client

from sandbox.exchange import HttpRequest, HttpResponse
from sandbox.gateway.live_pages import LivePages, is_unregistrable
from sandbox.gateway.open_pages import OpenPages, Trouble
from sandbox.gateway.wsgi import read_head

ELEMENT = '<script src="/_arc/livereload.js" defer>'
PAGE = "<!doctype html><head><title>t</title></head><body>x</body>"
HTML = (("content-type", "text/html"),)


@dataclass
class AppThatAnswers:
    """An app that gives the same answer to every request."""

    response: HttpResponse

    def serve(self, environ: Any) -> tuple[HttpRequest, HttpResponse]:
        return read_head(environ), self.response


def app_that_answers(text: str, *headers: tuple[str, str]) -> AppThatAnswers:
    return AppThatAnswers(HttpResponse(status=200, headers=headers, body=text.encode()))


def live(
    app: Any = None, *, is_on: bool = True, said: list[str] | None = None
) -> tuple[Client, OpenPages]:
    pages = OpenPages()
    around = LivePages(
        app or app_that_answers(PAGE, *HTML),
        pages=pages,
        is_on=lambda: is_on,
        say=[].append if said is None else said.append,
    )
    return Client(around), pages


def test_pages_get_the_script() -> None:
    """With a length that the server makes of the new body."""
    client, _ = live()

    assert ELEMENT in client.get("/").text


def test_other_bodies_pass_as_they_are() -> None:
    """JSON, for example, byte for byte."""
    client, _ = live(app_that_answers('{"a":1}', ("content-type", "application/json")))

    assert client.get("/").data == b'{"a":1}'


def test_the_script_is_served() -> None:
    """As a resource of the app's own origin, so that a policy's 'self' covers it."""
    answer = live()[0].get("/_arc/livereload.js")

    assert answer.content_type == "text/javascript; charset=utf-8"
    assert "EventSource" in answer.text


def test_nothing_is_left_when_it_is_off() -> None:
    """The reserved addresses are the app's again, and pages are its own."""
    client, _ = live(is_on=False)

    assert client.get("/").text == PAGE
    assert client.get("/_arc/livereload").text == PAGE
    assert client.get("/_arc/livereload.js").text == PAGE


def test_the_stream_is_one_of_events() -> None:
    """That nobody caches or gathers."""
    client, pages = live()
    pages.close()

    answer = client.get("/_arc/livereload")

    assert answer.content_type == "text/event-stream"
    assert answer.headers["cache-control"] == "no-cache"
    assert "event: state" in answer.text


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_the_stream_refuses_other_sites(site: str) -> None:
    """No page of another origin may hold the sandbox's threads."""
    client, _ = live()

    answer = client.get("/_arc/livereload", headers={"sec-fetch-site": site})

    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


def test_the_stream_takes_no_other_method() -> None:
    """There is nothing to change there."""
    assert live()[0].post("/_arc/livereload").status_code == 405


@pytest.mark.parametrize(
    ("host", "is_shown"), [("localhost:3333", True), ("evil.example", False)]
)
def test_the_stream_shows_source_to_own_names_alone(
    *, host: str, is_shown: bool
) -> None:
    """A stranger's name may have been led here to read the developer's code."""
    client, pages = live()
    pages.show(Trouble(title="t", source="secret line"))
    pages.close()

    answer = client.get("/_arc/livereload", headers={"host": host})

    assert ("secret line" in answer.text) is is_shown


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("app.localhost", True),
        ("127.0.0.1", True),
        ("192.168.1.7", True),
        ("[::1]", True),
        ("web", True),
        ("shop.test", True),
        ("host.docker.internal", True),
        ("example.com", False),
        ("localhost.example.com", False),
        ("1.2.3.example", False),
        ("", False),
    ],
)
def test_is_unregistrable_knows_names_that_no_stranger_owns(
    *, host: str, expected: bool
) -> None:
    """Addresses and reserved names."""
    assert is_unregistrable(host) is expected


def test_a_page_that_is_left_alone_is_told_once() -> None:
    """Not with every request."""
    said: list[str] = []
    policy = ("content-security-policy", "sandbox")
    client, _ = live(app_that_answers(PAGE, *HTML, policy), said=said)

    client.get("/one")
    client.get("/two")

    assert said == [
        'Live reload leaves "/one" alone, because of its Content-Security-Policy: '
        'it has "sandbox".'
    ]
