"""The framing rules of HTTP/1: what is a request, and where it ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.http1.head import (
    BadRequestError,
    format_head,
    may_have_body,
    parse_chunk_size,
    parse_head,
)

HOST = b"Host: localhost\r\n"


def test_parse_head_reads_all_parts() -> None:
    """Method, target, version and headers are given as they were sent."""
    head = parse_head(
        b"POST /a%20b?x=1 HTTP/1.1\r\nHost: localhost:3333\r\nX-A:  one \r\n"
        b"x-a: two\r\nContent-Length: 5"
    )

    assert (head.method, head.target, head.version) == (
        "POST",
        "/a%20b?x=1",
        "HTTP/1.1",
    )
    assert head.headers == (
        ("Host", "localhost:3333"),
        ("X-A", "one"),
        ("x-a", "two"),
        ("Content-Length", "5"),
    )
    assert (head.content_length, head.is_chunked, head.keeps_alive) == (5, False, True)


def test_parse_head_takes_absolute_form_for_host_and_path() -> None:
    """A target with an authority replaces the Host header."""
    head = parse_head(b"GET http://a.test:80/m?q HTTP/1.1\r\nHost: other")

    assert head.target == "/m?q"
    assert head.headers == (("Host", "a.test:80"),)


@pytest.mark.parametrize(
    ("lines", "keeps_alive"),
    [
        (b"GET / HTTP/1.1\r\nHost: a", True),
        (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Close", False),
        (b"GET / HTTP/1.0", False),
    ],
)
def test_parse_head_tells_whether_the_connection_is_kept(
    *, lines: bytes, keeps_alive: bool
) -> None:
    """HTTP/1.1 keeps it unless told otherwise, HTTP/1.0 does not."""
    assert parse_head(lines).keeps_alive is keeps_alive


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"", 400),
        (b"GET /\r\nHost: a", 400),
        (b"GET  / HTTP/1.1\r\nHost: a", 400),
        (b"GET / HTTP/1.1 \r\nHost: a", 400),
        (b"G@T / HTTP/1.1\r\nHost: a", 400),
        # These two took minutes, all of them without a thought for other clients.
        (b"GET / HTTP/1.1\r\nHost: a\r\nx:" + b" " * 60_000 + b"\x01", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"x" * 60_000, 400),
        (b"get / HTTP/1.1\r\nHost: a", 400),
        (b"GET m HTTP/1.1\r\nHost: a", 400),
        ("GET /✓ HTTP/1.1\r\nHost: a".encode(), 400),
        (b"GET / HTTP/1.1", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: a", 400),
        (b"PRI * HTTP/2.0\r\nHost: a", 505),
        (b"GET / HTTP/1.1\r\nHost: a\r\n folded: x", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nname : x", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nno colon", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\n: nameless", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nx: a\nb: c", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nx: a\rb", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nx: \x00", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +1", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1_0", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: \xb2", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length:", 400),
        (
            b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n"
            b"Transfer-Encoding: chunked",
            400,
        ),
        (b"GET / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked", 501),
        (b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked", 501),
        (
            b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
            b"Transfer-Encoding: identity",
            501,
        ),
        (b"GET / HTTP/1.1\r\nHost: a\r\nExpect: magic", 417),
        (b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\nHost: a", 414),
        (b"GET / HTTP/1.1\r\nHost: a" + b"\r\nx: 1" * 300, 431),
    ],
)
def test_parse_head_refuses(raw: bytes, status: int) -> None:
    """What RFC 9112 forbids is refused, with the status that says why."""
    with pytest.raises(BadRequestError) as refused:
        parse_head(raw)

    assert refused.value.status == status


@pytest.mark.parametrize(
    ("line", "size"),
    [
        (b"0\r\n", 0),
        (b"5\r\n", 5),
        (b"fF\r\n", 255),
        (b"5;name=value\r\n", 5),
        (b"5 ; a\r\n", 5),
    ],
)
def test_parse_chunk_size_reads_hexadecimal(line: bytes, size: int) -> None:
    """Extensions are ignored."""
    assert parse_chunk_size(line) == size


@pytest.mark.parametrize(
    "line",
    [
        b"\r\n",
        b"5\n",
        b"0x5\r\n",
        b"-1\r\n",
        b"+1\r\n",
        b"g\r\n",
        b"1 2\r\n",
        b" 5\r\n",
    ],
)
def test_parse_chunk_size_refuses_anything_else(line: bytes) -> None:
    """A size that two parsers could read differently is refused."""
    with pytest.raises(BadRequestError):
        parse_chunk_size(line)


def test_format_head_writes_lines() -> None:
    """Status line, headers and the empty line."""
    raw = format_head("200 OK", [("content-type", "text/plain"), ("x", "é")])

    assert raw == b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\nx: \xe9\r\n\r\n"


@pytest.mark.parametrize(
    "header",
    [
        ("x", "a\r\nset-cookie: evil=1"),
        ("x", "a\nb"),
        ("x", "a\0b"),
        ("x y", "a"),
        ("", "a"),
        ("x:", "a"),
        ("x", "✓"),
    ],
)
def test_format_head_never_lets_a_header_break_the_framing(
    header: tuple[str, str],
) -> None:
    """Line ends and other controls in a header are an error of the application."""
    with pytest.raises(ValueError):  # noqa: PT011 - the class is the contract
        format_head("200 OK", [header])


@pytest.mark.parametrize("expectation", [b"100-continue", b"magic"])
def test_an_older_client_expects_nothing(expectation: bytes) -> None:
    """An expectation of HTTP/1.0 is ignored (RFC 9110 section 10.1.1)."""
    head = parse_head(b"POST / HTTP/1.0\r\nExpect: " + expectation)

    assert not head.expects_continue


@pytest.mark.parametrize(
    ("method", "status", "expected"),
    [
        ("GET", 200, True),
        ("HEAD", 200, False),
        ("GET", 204, False),
        ("GET", 304, False),
        ("GET", 404, True),
    ],
)
def test_may_have_body(method: str, status: int, *, expected: bool) -> None:
    """HEAD, 204 and 304 have none."""
    assert may_have_body(method, status) is expected


@given(st.binary(max_size=200))
def test_parse_head_gives_a_head_or_a_refusal_for_any_bytes(raw: bytes) -> None:
    """No input raises anything else."""
    for attempt in (raw, b"GET / HTTP/1.1\r\n" + HOST + raw):
        try:
            head = parse_head(attempt)
        except BadRequestError:
            continue
        assert head.target.startswith("/") or head.target == "*"
