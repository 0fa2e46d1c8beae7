"""Preflights, and the headers that let another origin read."""

from sandbox.exchange import HttpResponse
from sandbox.gateway.cors import let_origin_read, preflight
from tests.gateway.conftest import make_request

ORIGIN = "Origin: http://localhost:5173"


def test_preflight_allows_what_is_asked() -> None:
    """The origin and the headers are echoed."""
    answer = preflight(
        make_request(
            "OPTIONS /x",
            ORIGIN,
            "Access-Control-Request-Method: PUT",
            "Access-Control-Request-Headers: x-a, content-type",
        )
    )

    assert answer is not None
    assert answer.status == 204
    headers = dict(answer.headers)
    assert headers["access-control-allow-origin"] == "http://localhost:5173"
    assert headers["access-control-allow-headers"] == "x-a, content-type"
    assert headers["access-control-allow-credentials"] == "true"
    assert "PUT" in headers["access-control-allow-methods"]


def test_other_requests_are_no_preflights() -> None:
    """An OPTIONS without the question, or the question without OPTIONS."""
    question = "Access-Control-Request-Method: PUT"

    assert preflight(make_request("OPTIONS /", ORIGIN)) is None
    assert preflight(make_request("OPTIONS /", question)) is None
    assert preflight(make_request("GET /", ORIGIN, question)) is None


def test_origin_may_read_and_the_handlers_own_headers_stay() -> None:
    """Nothing is added without an Origin, nothing of the handler's is replaced."""
    plain = HttpResponse(status=200, headers=(("x", "1"),))
    own = HttpResponse(status=200, headers=(("access-control-allow-origin", "*"),))
    headers = dict(let_origin_read(make_request("GET /", ORIGIN), plain).headers)

    assert headers["access-control-allow-origin"] == "http://localhost:5173"
    assert headers["vary"] == "origin"
    assert let_origin_read(make_request("GET /"), plain) is plain
    assert let_origin_read(make_request("GET /", ORIGIN), own) is own
