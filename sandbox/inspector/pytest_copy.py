"""One exchange → a test for pytest that sends the request again."""

import math
import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from decimal import Decimal

from sandbox.exchange import Exchange, HttpRequest, Returned
from sandbox.host_header import LOOPBACK_NAMES, bare_host, is_own_origin
from sandbox.inspector.cookie_view import cookie_header
from sandbox.inspector.copied_request import headers_of, target_of
from sandbox.sessions.cookie import COOKIE_NAME

_OF_THE_CLIENT = frozenset({"user-agent", "accept-language", "referer"})
"""Headers that say nothing in a test."""
_BY_THE_CLIENT = ("accept", "*/*")
"""What httpx sends by itself."""
_OWN_ORIGIN = 'str(arc_client.base_url).rstrip("/")'
"""The test's app has another port."""
_PLAIN_TARGET = re.compile(
    # What httpx sends as it is given: no path that it takes for a host, or resolves.
    r"/(?!/)(?!(.*/)?\.{1,2}([/?]|$))([\w.~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*",
    re.ASCII,
)
_MENDED = """\
    # The function failed when this was copied; once it is fixed, this passes.
    assert response.status_code < 500
"""


def pytest_of(exchange: Exchange, session: Mapping[str, object] | None) -> str:
    """Give a test that sends the request, and expects the status it got.

    Where the function had failed, the status is none that it was to give: the test then
    expects that it answers.

    Args:
        exchange: the request.
        session: what its cookie stands for as a handler has it, sets and bytes
            included. The test writes it itself: the cookie opens nothing elsewhere, and
            is nobody's to share. None where it stands for nothing, and is sent as it
            is.
    """
    imports, fixtures, before = "", "arc_client", ""
    if session:
        fixtures = "arc_client, arc_session"
        before = f"    arc_session.update({_python(session)})\n"
        if "Decimal(" in before:
            imports = "from decimal import Decimal\n\n\n"
    arguments = _arguments(exchange.request, session)
    lines = "".join(f"        {argument},\n" for argument in arguments)
    status = exchange.response.status
    return (
        f"{imports}def test_{_name(exchange)}({fixtures}):\n{before}"
        f"    response = arc_client.request(\n{lines}    )\n\n"
        + (
            f"    assert response.status_code == {status}\n"
            if _is_answered(exchange)
            else _MENDED
        )
    )


def _is_answered(exchange: Exchange) -> bool:
    """Tell whether the answer is the function's own, and no failure's."""
    status, execution = exchange.response.status, exchange.execution
    match execution.outcome if execution else None:
        case None:
            return True
        case Returned(value=value):
            said = value.get("statusCode") if isinstance(value, Mapping) else None
            return status < 500 or str(said) == str(status)
    return False


def _arguments(
    request: HttpRequest, session: Mapping[str, object] | None
) -> Iterator[str]:
    target = target_of(request)
    is_plain = _PLAIN_TARGET.fullmatch(target)
    yield _literal(request.method)
    yield _literal(target if is_plain else "/")
    if not is_plain:
        yield f'extensions={{"target": {target.encode("latin-1")!r}}}'
    headers = list(_headers(request, session))
    if headers:
        yield f"headers={_headers_literal(headers)}"
    if request.body:
        yield f"content={_body_literal(request.body)}"


def _headers(
    request: HttpRequest, session: Mapping[str, object] | None
) -> Iterator[tuple[str, str]]:
    """Give the name of each header, and its value as Python writes it."""
    is_session = session is not None
    host = request.header("host") or ""
    is_here = bare_host(host) in {"", *LOOPBACK_NAMES}
    if not is_here:
        yield "host", _latin1_literal(host)
    for name, value in headers_of(request):
        lower = name.lower()
        if lower in _OF_THE_CLIENT or (lower, value) == _BY_THE_CLIENT:
            continue
        if lower == "cookie" and is_session:
            continue
        is_own = is_own_origin(value, scheme=request.scheme, host=host)
        is_told = not (lower == "origin" and is_own and is_here)
        yield name, _latin1_literal(value) if is_told else _OWN_ORIGIN
    before, after = _other_cookies(cookie_header(request))
    others = "; ".join((*before, *after))
    if is_session and others:
        written = _cookies_literal(before, after) if session else None
        yield "cookie", written or _latin1_literal(others)


def _other_cookies(header: str) -> tuple[list[str], list[str]]:
    """Give the cookies that stand before the session's, and those behind it.

    Of several of its name the last is the session's.
    """
    before: list[str] = []
    after: list[str] = []
    for pair in filter(None, map(str.strip, header.split(";"))):
        if pair.partition("=")[0].rstrip() != COOKIE_NAME:
            after.append(pair)
            continue
        before += after
        after.clear()
    return before, after


def _cookies_literal(before: list[str], after: list[str]) -> str:
    """Write other cookies with the session's: a client adds none to a header's own.

    It stands where it stood, as a parser may stop at one of the others.
    """
    own = f"{COOKIE_NAME}={{arc_client.cookies['{COOKIE_NAME}']}}"
    text = "; ".join((*map(_in_f_string, before), own, *map(_in_f_string, after)))
    return f'f"{text}"' + ("" if text.isascii() else '.encode("latin-1")')


def _in_f_string(text: str) -> str:
    return _literal(text)[1:-1].replace("{", "{{").replace("}", "}}")


def _headers_literal(headers: list[tuple[str, str]]) -> str:
    names = {name.lower() for name, _ in headers}
    if len(names) == len(headers):
        lines = [f"{_literal(name)}: {value}" for name, value in headers]
        begin, end = "{", "}"
    else:
        lines = [f"({_literal(name)}, {value})" for name, value in headers]
        begin, end = "[", "]"
    inner = "".join(f"            {line},\n" for line in lines)
    return f"{begin}\n{inner}        {end}"


def _body_literal(body: bytes) -> str:
    try:
        return _literal(body.decode("utf-8"))
    except UnicodeDecodeError:
        return repr(body)


def _latin1_literal(text: str) -> str:
    """Write a header's value, each character a byte; httpx takes ASCII, or bytes."""
    return _literal(text) if text.isascii() else repr(text.encode("latin-1"))


def _python(value: object) -> str:
    """Write a value of a session."""
    match value:
        case str():
            return _literal(value)
        case Mapping():
            members = (f"{_literal(str(k))}: {_python(v)}" for k, v in value.items())
            return f"{{{', '.join(members)}}}"
        case AbstractSet():
            return f"{{{', '.join(sorted(map(_python, value)))}}}"
        case list() | tuple():
            return f"[{', '.join(map(_python, value))}]"
        case float() if not math.isfinite(value):
            return f'float("{value}")'
        case Decimal():
            return f'Decimal("{value}")'
    return repr(value)


def _literal(text: str) -> str:
    """Write a text as Python does, in double quotes."""
    return f'"{"".join(map(_letter, text))}"'


def _letter(letter: str) -> str:
    if letter in '"\\':
        return f"\\{letter}"
    return letter if letter.isprintable() else ascii(letter)[1:-1]


def _name(exchange: Exchange) -> str:
    request = exchange.request
    words = re.findall(r"[a-z0-9]+", request.path.lower()) or ["index"]
    return "_".join([*re.findall(r"[a-z0-9]+", request.method.lower()), *words])
