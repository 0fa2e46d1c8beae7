"""One exchange → a curl command for a POSIX shell that sends the request again.

The command is read by a page, a clipboard and a terminal, of which one or the other
takes a carriage return for a line feed, and obeys other control characters; so it has
none but tabs and line feeds. Facts about curl are those of its manual page.
"""

import base64
import re
import shlex
import unicodedata
from collections.abc import Iterator
from http import HTTPMethod
from urllib.parse import urlsplit

from sandbox.exchange import Exchange, Headers, HttpRequest
from sandbox.inspector.copied_request import headers_of, target_of

_ADDED_BY_CURL = ("accept", "user-agent")
"""Headers that curl sends where it is not told otherwise."""
_MOST_ARGUMENT_BYTES = 100_000
"""Linux takes 128 KiB for one argument of a program (execve(2), "Limits"); and bash
takes minutes to read a word of some MB that has many quotes."""
_PATTERN = re.compile(r"[\[\]{}]")
"""What curl takes for several addresses in one."""
_DOT_SEGMENT = re.compile(r"/(\.|%2e){1,2}(?=[/?]|$)", re.IGNORECASE)
"""What curl resolves (RFC 3986 section 5.2.4)."""
_AS_IT_IS = frozenset(range(0x20, 0x7F)) - frozenset(b"\\!")
"""What printf is told as it stands; between double quotes, `!` is bash's history."""


def curl_of(exchange: Exchange, *, url: str) -> str:
    """Give a command for a POSIX shell that sends the request again.

    Args:
        exchange: the request.
        url: the app's address, without a slash at the end.
    """
    request = exchange.request
    source, data = _body(request.body)
    parts = [
        " ".join(("curl", *_flags(request, url=url))),
        *_method(request),
        *_address(target_of(request), url=url),
        *_headers(request, url=url),
        *data,
    ]
    return source + " \\\n  ".join(parts) + "\n"


def _flags(request: HttpRequest, *, url: str) -> Iterator[str]:
    target = target_of(request)
    # Told of HEAD by -X alone, curl waits for the body that the answer's length tells.
    yield "-I" if _is_bare_head(request) else "-i"
    if url.startswith("https:"):
        yield "-k"  # no authority vouches for the sandbox's own certificate
    if _PATTERN.search(target):
        yield "-g"
    if _DOT_SEGMENT.search(target):
        yield "--path-as-is"


def _method(request: HttpRequest) -> Iterator[str]:
    if _is_bare_head(request):
        return
    if request.method != HTTPMethod.GET or request.body:
        yield f"-X {shlex.quote(request.method)}"
    if request.method == HTTPMethod.HEAD:
        # With a body it can only be told by -X.
        yield "--ignore-content-length -H 'Connection: close'"


def _is_bare_head(request: HttpRequest) -> bool:
    return request.method == HTTPMethod.HEAD and not request.body


def _address(target: str, *, url: str) -> Iterator[str]:
    if target.startswith("/"):
        yield shlex.quote(f"{url}{target}")
        return
    yield shlex.quote(url)  # the target is `*` (RFC 9112 section 3.2.4)
    yield f"--request-target {shlex.quote(target)}"


def _headers(request: HttpRequest, *, url: str) -> Iterator[str]:
    headers = (*_host(request, url=url), *headers_of(request))
    for name, value in headers:
        yield f"-H {_word(f'{name}: {value}' if value else f'{name};')}"
    sent = {name.lower() for name, _ in headers}
    for name in (*_ADDED_BY_CURL, *(["content-type"] if request.body else [])):
        if name not in sent:
            yield f"-H '{name}:'"


def _host(request: HttpRequest, *, url: str) -> Headers:
    """Give the Host header where it names another than the address does."""
    host = request.header("host")
    if host is None or host == urlsplit(url).netloc:
        return ()
    return (("host", host),)


def _word(latin1: str) -> str:
    """Write text of which each character stands for a byte, as one word."""
    octets = latin1.encode("latin-1")
    text = _text(octets)
    if text is not None:
        return shlex.quote(text)
    return f'"$(printf %b {shlex.quote(_escaped(octets))})"'


def _body(body: bytes) -> tuple[str, list[str]]:
    """Give what stands before curl, and its arguments."""
    if not body:
        return "", []
    from_input = ["--data-binary @-"]
    # curl is not told of a carriage return, but printf is.
    is_short = len(body) <= _MOST_ARGUMENT_BYTES
    text = _text(body.replace(b"\r", b"")) if is_short else None
    if text is None:
        coded = base64.b64encode(body).decode("ascii")
        return f"printf %s {coded} | base64 -d | ", from_input
    if b"\r" in body:
        escaped = body.decode("utf-8").replace("\\", "\\\\").replace("\r", "\\r")
        return f"printf %b {shlex.quote(escaped)} | ", from_input
    return "", [f"--data-raw {shlex.quote(text)}"]


def _text(octets: bytes) -> str | None:
    """Give UTF-8 as text, or None where it is none, or none for a terminal."""
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError:
        return None
    controls = (
        letter
        for letter in text
        if letter not in "\t\n" and unicodedata.category(letter) == "Cc"
    )
    return None if any(controls) else text


def _escaped(octets: bytes) -> str:
    r"""Write bytes for printf's %b (POSIX, "printf"): `\0` and three octal digits."""
    return "".join(
        chr(octet) if octet in _AS_IT_IS else f"\\0{octet:03o}" for octet in octets
    )
