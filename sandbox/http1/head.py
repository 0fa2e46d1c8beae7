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
from dataclasses import dataclass
from http import HTTPStatus

MAX_HEAD_BYTES = 64 * 1024
MAX_HEADER_LINES = 256
_MAX_TARGET_BYTES = 32 * 1024

_REQUEST_LINE = re.compile(
    rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([\x21-\x7e]+) HTTP/(\d)\.(\d)"
)
_HEADER_LINE = re.compile(
    rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*)"
)
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r\n")
_ABSOLUTE_FORM = re.compile(r"(?i:https?)://([^/?#]*)(.*)", re.DOTALL)
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_UNSAFE_VALUE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_WITHOUT_BODY = frozenset((204, 304))


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


def parse_head(raw: bytes) -> RequestHead:
    """Read a request line and header lines.

    Args:
        raw: the head without the empty line that ends it.

    Raises:
        BadRequestError: it is not a request that RFC 9112 allows.
    """
    request_line, *header_lines = raw.split(b"\r\n")
    method, target, version = _parse_request_line(request_line)
    headers = _parse_header_lines(header_lines)
    by_name = _collect(headers)
    target, headers = _to_origin_form(target, headers)
    _check_host(by_name, version)
    is_chunked = _is_chunked(by_name, version)
    return RequestHead(
        method=method,
        target=target,
        version=version,
        headers=headers,
        content_length=_content_length(by_name),
        is_chunked=is_chunked,
        keeps_alive=version == "HTTP/1.1" and not _asks_to_close(by_name),
        expects_continue=_expects_continue(by_name),
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


def format_head(status_line: str, headers: list[tuple[str, str]]) -> bytes:
    """Give the bytes of a response head, the empty line included.

    Raises:
        ValueError: a header would break the framing or is not Latin-1.
    """
    lines = [f"HTTP/1.1 {status_line}"]
    for name, value in headers:
        if not _HEADER_NAME.fullmatch(name) or _UNSAFE_VALUE.search(value):
            raise ValueError(f"header {name!r} cannot be sent")
        lines.append(f"{name}: {value}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


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
    if major != b"1":
        raise BadRequestError(
            HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, "Only HTTP/1 is spoken here."
        )
    version = "HTTP/1.0" if minor == b"0" else "HTTP/1.1"
    return method.decode("ascii"), target.decode("ascii"), version


def _parse_header_lines(lines: list[bytes]) -> tuple[tuple[str, str], ...]:
    """field-line = field-name ":" OWS field-value OWS."""
    if len(lines) > MAX_HEADER_LINES:
        raise BadRequestError(
            HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "There are too many headers."
        )
    headers = []
    for line in lines:
        matched = _HEADER_LINE.fullmatch(line)
        if matched is None:
            raise _bad("A header line is malformed.")
        name, value = matched.groups()
        headers.append((name.decode("ascii"), value.rstrip(b" \t").decode("latin-1")))
    return tuple(headers)


def _collect(headers: tuple[tuple[str, str], ...]) -> dict[str, list[str]]:
    by_name: dict[str, list[str]] = {}
    for name, value in headers:
        by_name.setdefault(name.lower(), []).append(value)
    return by_name


def _to_origin_form(
    target: str, headers: tuple[tuple[str, str], ...]
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Turn `http://host/path` into `/path` with that Host (RFC 9112 section 3.2.2)."""
    if target.startswith("/") or target == "*":
        return target, headers
    matched = _ABSOLUTE_FORM.fullmatch(target)
    if matched is None:
        raise _bad("The request's target is malformed.")
    authority, rest = matched.groups()
    others = tuple(pair for pair in headers if pair[0].lower() != "host")
    path = rest if rest.startswith("/") else f"/{rest}"
    return path, (("Host", authority), *others)


def _check_host(by_name: dict[str, list[str]], version: str) -> None:
    hosts = by_name.get("host", ())
    if len(hosts) > 1 or (version == "HTTP/1.1" and not hosts):
        raise _bad("A request has exactly one Host header.")


def _is_chunked(by_name: dict[str, list[str]], version: str) -> bool:
    codings = by_name.get("transfer-encoding")
    if codings is None:
        return False
    if "content-length" in by_name or version == "HTTP/1.0":
        raise _bad("Transfer-Encoding contradicts the rest of the request.")
    if [coding.lower() for coding in codings] != ["chunked"]:
        raise BadRequestError(
            HTTPStatus.NOT_IMPLEMENTED, "Only the transfer coding chunked is known."
        )
    return True


def _content_length(by_name: dict[str, list[str]]) -> int:
    lengths = by_name.get("content-length")
    if lengths is None:
        return 0
    if len(lengths) > 1 or not re.fullmatch("[0-9]{1,18}", lengths[0], re.ASCII):
        raise _bad("The Content-Length is malformed.")
    return int(lengths[0])


def _asks_to_close(by_name: dict[str, list[str]]) -> bool:
    return any("close" in value.lower() for value in by_name.get("connection", ()))


def _expects_continue(by_name: dict[str, list[str]]) -> bool:
    expected = by_name.get("expect")
    if expected is None:
        return False
    if [value.lower() for value in expected] != ["100-continue"]:
        raise BadRequestError(
            HTTPStatus.EXPECTATION_FAILED, "Only 100-continue can be expected."
        )
    return True
