"""What is copied of a request does what the request did."""

from typing import Any

import pytest

from sandbox.exchange import Exchange, HttpRequest, HttpResponse
from sandbox.inspector.pytest_copy import pytest_of


def exchange(body: bytes = b"", **headers: str) -> Exchange:
    """Give a request to `POST /notes?a=1`, which made something."""
    return Exchange(
        request_id="r",
        started_epoch=0.0,
        request=HttpRequest(
            method="POST",
            path="/notes",
            query_string="a=1",
            headers=tuple(headers.items()),
            body=body,
        ),
        response=HttpResponse(status=201, headers=()),
        duration_ms=1.0,
    )


class Answer:
    """What the client of a copied test gives."""

    status_code = 201


class Recorder:
    """A client that notes what it is asked."""

    def __init__(self) -> None:
        self.asked: tuple[tuple[Any, ...], dict[str, Any]] | None = None

    def request(self, *arguments: Any, **settings: Any) -> Answer:
        self.asked = (arguments, settings)
        return Answer()


def run(text: str, **fixtures: Any) -> Any:
    """Run a copied test; give what its client was asked."""
    names: dict[str, Any] = {}
    exec(text, names)  # noqa: S102 - it is ours
    client = Recorder()
    names["test_post_notes"](arc_client=client, **fixtures)
    return client.asked


@pytest.mark.parametrize(
    "body", [b"", b'{"a": "\xc3\xbc\\n"}', b"it's $HOME", b"\xff\x00"]
)
def test_a_copied_test_sends_the_request(body: bytes) -> None:
    """Method, target, body, and the headers that are the app's business."""
    headers = {"X-Mine": 'a "b"', "Host": "localhost", "User-Agent": "x"}

    arguments, settings = run(pytest_of(exchange(body, **headers), None))

    assert arguments == ("POST", "/notes?a=1")
    assert settings["headers"] == {"X-Mine": 'a "b"'}
    sent = settings.get("content", "")
    assert (sent if isinstance(sent, bytes) else sent.encode()) == body


def test_a_copied_test_writes_the_session_itself() -> None:
    """The cookie opens nothing elsewhere; others are sent."""
    session = {"user": "ada", "tags": ["a", None, True], "n": 1.5, "text": "x" * 200}
    written: dict[str, Any] = {}
    text = pytest_of(exchange(Cookie="a=1; _idx=secret; b=2"), session)

    _, settings = run(text, arc_session=written)

    assert written == session
    assert settings["headers"] == {"Cookie": "a=1; b=2"}
    assert "secret" not in text


@pytest.mark.parametrize(
    ("session", "headers"),
    [({}, {}), (None, {"headers": {"cookie": "_idx=refused"}})],
)
def test_a_copied_test_keeps_a_cookie_that_opens_nothing(
    session: Any, headers: dict[str, Any]
) -> None:
    """That it is refused may be what is tested; an empty session needs none."""
    _, settings = run(pytest_of(exchange(cookie="_idx=refused"), session))

    assert settings == headers
