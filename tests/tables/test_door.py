"""Rows are for this machine's programs, and for no page that a browser shows."""

import json
from typing import Any

import pytest

from sandbox.tables.door import guarded


def rows(_environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [])
    return [b"rows"]


def ask(**headers: str) -> tuple[str, bytes]:
    told: list[str] = []
    environ = {
        "REQUEST_METHOD": "POST",
        "wsgi.url_scheme": "http",
        **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
    }
    pieces = guarded(rows)(environ, lambda status, *_: told.append(status))  # type: ignore[arg-type]
    return told[0], b"".join(pieces)


@pytest.mark.parametrize(
    "host", ["localhost:5555", "127.0.0.1:5555", "[::1]:5555", "localhost"]
)
def test_programs_of_this_machine_come_in(host: str) -> None:
    """SDKs name the machine as they were told to reach it."""
    assert ask(host=host) == ("200 OK", b"rows")


def test_a_page_of_this_port_comes_in() -> None:
    """Its origin is the address that it asks."""
    assert ask(host="localhost:5555", origin="http://localhost:5555")[1] == b"rows"


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example:5555"},
        {"host": "evil.example:5555", "origin": "http://evil.example:5555"},
        {"host": "localhost.evil.example:5555"},
        {"host": "localhost:5555", "origin": "http://evil.example"},
        {"host": "localhost:5555", "origin": "http://localhost:3333"},
        {"host": "localhost:5555", "origin": "null"},
        {},
    ],
)
def test_pages_from_elsewhere_are_refused(headers: dict[str, str]) -> None:
    """DNS rebinding, and requests of other sites, end at the door."""
    status, body = ask(**headers)

    assert status == "403 Forbidden"
    assert json.loads(body)["__type"].endswith("#AccessDeniedException")
