"""Takes the bytes of an HTTP/1 request head, gives a `RequestHead`; and back.

Pure. Strict where leniency lets two parsers disagree about where a request ends, which
is request smuggling. The rules are those of RFC 9112:

- lines end in CR LF; a bare CR or LF is refused (section 2.2)
- no space before a header's colon, no folded lines (sections 5.1, 5.2)
- a length or `chunked`, never both, and never two lengths (section 6.3)
- `chunked` is the only transfer coding (section 6.1)
- an HTTP/1.1 request has exactly one Host (section 3.2)
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import TypeAlias

MAX_HEAD_BYTES = 64 * 1024
MAX_HEADER_LINES = 256
_MAX_TARGET_BYTES = 32 * 1024
_MAX_LENGTH_DIGITS = 18

_REQUEST_LINE = re.compile(
    rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([\x21-\x7e]+) HTTP/(\d)\.(\d)"
)
_HEADER_LINES = re.compile(
    # Possessive: what was taken for blanks is not tried as a value again.
    r"^([!#$%&'*+.^_`|~0-9A-Za-z-]++):[ \t]*+([^\x00-\x08\x0a-\x1f\x7f]*+)\r\n",
    re.MULTILINE,
)
_FRAMING = frozenset(
    ("connection", "content-length", "expect", "host", "transfer-encoding")
)
"""The headers that say how a request is read, and what becomes of the connection."""
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r\n")
_ABSOLUTE_FORM = re.compile(r"(?i:https?)://([^/?#]*)(.*)", re.DOTALL)
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_UNSAFE_VALUE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_WITHOUT_BODY = frozenset((204, 304))
_HEADS_REMEMBERED = 64
_NAMES_REMEMBERED = 1024

_Framing: TypeAlias = dict[str, list[str]]


class BadRequestError(Exception):
    """A request that cannot be answered, and after which the connection ends."""

    def __init__(self, status: HTTPStatus, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestHead:
    """What stands before a request's body, checked."""

    method: str
    target: str
    """In origin form (`/path?query`) or `*`, percent-encoded, as sent."""
    version: str
    """`HTTP/1.1` or `HTTP/1.0`."""
    headers: tuple[tuple[str, str], ...]
    """In the order sent, names in the case sent; Latin-1, a character a byte."""
    content_length: int = 0
    is_chunked: bool = False
    keeps_alive: bool = True
    expects_continue: bool = False


@lru_cache(_HEADS_REMEMBERED)
def parse_head(raw: bytes) -> RequestHead:
    """Read a request line and header lines; of equal ones, give the same head.

    A client that asks again for what it has asked for sends the same bytes.

    Args:
        raw: the head without the empty line that ends it.

    Raises:
        BadRequestError: it is not a request that RFC 9112 allows.
    """
    request_line, _, header_lines = raw.partition(b"\r\n")
    method, target, version = _parse_request_line(request_line)
    headers = _parse_header_lines(header_lines)
    framing = _framing_of(headers)
    if not target.startswith("/"):
        target, headers = _to_origin_form(target, headers)
    _check_host(framing, version)
    return RequestHead(
        method=method,
        target=target,
        version=version,
        headers=headers,
        is_chunked="transfer-encoding" in framing and _is_chunked(framing, version),
        content_length=_content_length(framing) if "content-length" in framing else 0,
        keeps_alive=version == "HTTP/1.1"
        and not ("connection" in framing and _asks_to_close(framing)),
        # Of an older client's it is to be ignored (RFC 9110 section 10.1.1).
        expects_continue=version == "HTTP/1.1"
        and "expect" in framing
        and _expects_continue(framing),
    )


def parse_chunk_size(line: bytes) -> int:
    r"""Read the line before a chunk, `\r\n` included; its extensions are ignored.

    Raises:
        BadRequestError: the line is no chunk size of RFC 9112 section 7.1.
    """
    matched = _CHUNK_SIZE.fullmatch(line)
    if matched is None:
        raise _bad("The chunked body is malformed.")
    return int(matched[1], 16)


def format_head(status_line: str, headers: Sequence[tuple[str, str]]) -> bytes:
    """Give the bytes of a response head, the empty line included.

    Raises:
        ValueError: a header would break the framing or is not Latin-1.
    """
    lines = [f"{name}: {value}\r\n" for name, value in headers]
    if _UNSAFE_VALUE.search("".join([value for _, value in headers])) or not all(
        map(is_header_name, [name for name, _ in headers])
    ):
        raise ValueError(f"a header of {headers!r} cannot be sent")
    return f"HTTP/1.1 {status_line}\r\n{''.join(lines)}\r\n".encode("latin-1")


@lru_cache(_NAMES_REMEMBERED)
def is_header_name(name: str) -> bool:
    """Tell whether a name is a token (RFC 9110 section 5.1)."""
    return _HEADER_NAME.fullmatch(name) is not None


def may_have_body(method: str, status: int) -> bool:
    """Tell whether a response has a body (RFC 9110 section 6.4.1)."""
    return method != "HEAD" and status >= 200 and status not in _WITHOUT_BODY


def _bad(reason: str) -> BadRequestError:
    return BadRequestError(HTTPStatus.BAD_REQUEST, reason)


def _parse_request_line(line: bytes) -> tuple[str, str, str]:
    """request-line = method SP request-target SP HTTP-version."""
    matched = _REQUEST_LINE.fullmatch(line)
    if matched is None:
        raise _bad("The request line is malformed.")
    method, target, major, minor = matched.groups()
    if len(target) > _MAX_TARGET_BYTES:
        raise BadRequestError(
            HTTPStatus.REQUEST_URI_TOO_LONG, "The request's target is too long."
        )
    if method.upper() != method:
        # Case matters (RFC 9110 section 9.1), and no method is registered in others.
        raise _bad("Methods are written in capitals.")
    if major != b"1":
        raise BadRequestError(
            HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, "Only HTTP/1 is spoken here."
        )
    version = "HTTP/1.0" if minor == b"0" else "HTTP/1.1"
    return method.decode("ascii"), target.decode("ascii"), version


def _parse_header_lines(raw: bytes) -> tuple[tuple[str, str], ...]:
    """field-line = field-name ":" OWS field-value OWS.

    All lines are matched at once. A match takes exactly one line feed, and begins a
    line; so where there are as many as line feeds, nothing stands between them.
    """
    text = f"{raw.decode('latin-1')}\r\n" if raw else ""
    count = text.count("\n")
    if count > MAX_HEADER_LINES:
        raise BadRequestError(
            HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "There are too many headers."
        )
    found = _HEADER_LINES.findall(text)
    if len(found) != count:
        raise _bad("A header line is malformed.")
    return tuple([(name, value.rstrip(" \t")) for name, value in found])


def _framing_of(headers: tuple[tuple[str, str], ...]) -> _Framing:
    framing: _Framing = {}
    for name, value in headers:
        lower = name.lower()
        if lower in _FRAMING:
            framing.setdefault(lower, []).append(value)
    return framing


def _to_origin_form(
    target: str, headers: tuple[tuple[str, str], ...]
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Turn `http://host/path` into `/path` with that Host (RFC 9112 section 3.2.2)."""
    if target == "*":
        return target, headers
    matched = _ABSOLUTE_FORM.fullmatch(target)
    if matched is None:
        raise _bad("The request's target is malformed.")
    authority, rest = matched.groups()
    others = tuple(pair for pair in headers if pair[0].lower() != "host")
    path = rest if rest.startswith("/") else f"/{rest}"
    return path, (("Host", authority), *others)


def _check_host(framing: _Framing, version: str) -> None:
    hosts = framing.get("host", ())
    if len(hosts) > 1 or (version == "HTTP/1.1" and not hosts):
        raise _bad("A request has exactly one Host header.")


def _is_chunked(framing: _Framing, version: str) -> bool:
    codings = framing["transfer-encoding"]
    if "content-length" in framing or version == "HTTP/1.0":
        raise _bad("Transfer-Encoding contradicts the rest of the request.")
    if [coding.lower() for coding in codings] != ["chunked"]:
        raise BadRequestError(
            HTTPStatus.NOT_IMPLEMENTED, "Only the transfer coding chunked is known."
        )
    return True


def _content_length(framing: _Framing) -> int:
    lengths = framing["content-length"]
    if len(lengths) > 1 or not _is_length(lengths[0]):
        raise _bad("The Content-Length is malformed.")
    return int(lengths[0])


def _is_length(text: str) -> bool:
    """Content-Length = 1*DIGIT (RFC 9110 section 8.6), of a size that can be."""
    return text.isascii() and text.isdigit() and len(text) <= _MAX_LENGTH_DIGITS


def _asks_to_close(framing: _Framing) -> bool:
    return any("close" in value.lower() for value in framing["connection"])


def _expects_continue(framing: _Framing) -> bool:
    if [value.lower() for value in framing["expect"]] != ["100-continue"]:
        raise BadRequestError(
            HTTPStatus.EXPECTATION_FAILED, "Only 100-continue can be expected."
        )
    return True
