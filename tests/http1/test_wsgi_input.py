"""Bodies as WSGI servers frame them."""

import io
from typing import Any

import pytest

from sandbox.http1.wsgi_input import read_input


class Dripping(io.BytesIO):
    """Gives one byte at a time, as a stream may."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(size or 0, 1))


class Unread(io.BytesIO):
    """Must not be read."""

    def read(self, size: int | None = -1, /) -> bytes:
        raise AssertionError


@pytest.mark.parametrize(
    ("fields", "sent", "body"),
    [
        ({"CONTENT_LENGTH": "3"}, b"abcdef", b"abc"),
        ({"CONTENT_LENGTH": "5"}, b"abcde", b"abcde"),
        ({"CONTENT_LENGTH": "9"}, b"abc", None),
        ({"wsgi.input_terminated": True}, b"abcde", b"abcde"),
        ({"wsgi.input_terminated": True}, b"abcdef", None),
        ({"wsgi.input_terminated": True, "CONTENT_LENGTH": "0"}, b"abc", b"abc"),
        ({"wsgi.input_terminated": True, "CONTENT_LENGTH": "many"}, b"abc", b"abc"),
        ({}, b"abc", b""),
        ({"CONTENT_LENGTH": ""}, b"abc", b""),
        ({"CONTENT_LENGTH": "-1"}, b"abc", b""),
    ],
)
@pytest.mark.parametrize("stream", [io.BytesIO, Dripping])
def test_a_body_is_read_up_to_the_limit(
    fields: dict[str, Any], sent: bytes, body: bytes | None, stream: type[io.BytesIO]
) -> None:
    """By its length, or to its end where the server says there is one."""
    environ = {"wsgi.input": stream(sent), **fields}

    assert read_input(environ, most_bytes=5) == body


def test_what_says_that_it_is_too_long_is_not_read() -> None:
    """Its length is enough."""
    environ: Any = {"wsgi.input": Unread(), "CONTENT_LENGTH": "6"}

    assert read_input(environ, most_bytes=5) is None


def test_no_more_is_read_than_shows_that_it_is_too_long() -> None:
    """One byte beyond the limit."""
    stream = io.BytesIO(b"x" * 100)
    environ: Any = {"wsgi.input": stream, "wsgi.input_terminated": True}

    assert read_input(environ, most_bytes=5) is None
    assert stream.tell() == 6
