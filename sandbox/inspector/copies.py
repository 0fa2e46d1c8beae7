"""One exchange → text to copy: a curl command, or a test for pytest."""

import base64
import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sandbox.exchange import Exchange, HttpRequest
from sandbox.sessions.cookie import COOKIE_NAME

_OF_THE_CONNECTION = frozenset(
    {"host", "connection", "content-length", "accept-encoding", "transfer-encoding"}
)
"""Headers that any client makes by itself."""
_OF_THE_BROWSER = ("sec-", "upgrade-insecure-requests", "dnt", "priority")
_OF_THE_CLIENT = frozenset({"user-agent", "accept", "accept-language", "referer"})
"""Headers that say nothing in a test."""


def curl_of(exchange: Exchange, *, url: str) -> str:
    """Give a command for a POSIX shell that sends the request again.

    Args:
        exchange: the request.
        url: the app's address, without a slash at the end.
    """
    request = exchange.request
    parts = ["curl -i"]
    if request.method != "GET" or request.body:
        parts.append(f"-X {shlex.quote(request.method)}")
    parts.append(shlex.quote(f"{url}{_target(request)}"))
    parts += [
        f"-H {shlex.quote(f'{name}: {value}')}" for name, value in _headers(request)
    ]
    text = _text(request.body)
    if text is None:
        coded = base64.b64encode(request.body).decode("ascii")
        parts.append("--data-binary @-")
        return f"printf %s {coded} | base64 -d | " + " \\\n  ".join(parts) + "\n"
    if text:
        parts.append(f"--data-raw {shlex.quote(text)}")
    return " \\\n  ".join(parts) + "\n"


def pytest_of(exchange: Exchange, session: Mapping[str, Any] | None) -> str:
    """Give a test that sends the request, and expects the status it got.

    Args:
        exchange: the request.
        session: what its cookie stands for, which the test then writes itself: the
            cookie opens nothing elsewhere, and is nobody's to share. None where it
            stands for nothing, and is sent as it is.
    """
    request = exchange.request
    fixtures, before = "arc_client", ""
    if session is not None:
        request = _without_session(request)
    if session:
        fixtures = "arc_client, arc_session"
        before = f"    arc_session.update({_python(session)})\n"
    arguments = [_literal(request.method), _literal(_target(request))]
    headers = [
        f"        {_literal(name)}: {_literal(value)},\n"
        for name, value in _headers(request)
        if name.lower() not in _OF_THE_CLIENT
    ]
    if headers:
        arguments.append(f"headers={{\n    {'    '.join(headers)}        }}")
    if request.body:
        text = _text(request.body)
        body = repr(request.body) if text is None else _literal(text)
        arguments.append(f"content={body}")
    lines = "".join(f"        {argument},\n" for argument in arguments)
    return (
        f"def test_{_name(exchange)}({fixtures}):\n{before}"
        f"    response = arc_client.request(\n{lines}    )\n\n"
        f"    assert response.status_code == {exchange.response.status}\n"
    )


def _without_session(request: HttpRequest) -> HttpRequest:
    headers = []
    for name, value in request.headers:
        kept = value
        if name.lower() == "cookie":
            pairs = (pair.strip() for pair in value.split(";"))
            kept = "; ".join(p for p in pairs if p.partition("=")[0] != COOKIE_NAME)
        if kept or not value:
            headers.append((name, kept))
    return replace(request, headers=tuple(headers))


def _python(value: object) -> str:
    """Write a JSON value as Python does."""
    match value:
        case str():
            return _literal(value)
        case Mapping():
            members = (f"{_literal(str(k))}: {_python(v)}" for k, v in value.items())
            return f"{{{', '.join(members)}}}"
        case list() | tuple():
            return f"[{', '.join(map(_python, value))}]"
    return repr(value)


def _literal(text: str) -> str:
    """Write a text as Python does, in double quotes."""
    return json.dumps(text, ensure_ascii=False)


def _target(request: HttpRequest) -> str:
    query = f"?{request.query_string}" if request.query_string else ""
    return f"{request.path}{query}"


def _headers(request: HttpRequest) -> list[tuple[str, str]]:
    return [
        (name, value)
        for name, value in request.headers
        if name.lower() not in _OF_THE_CONNECTION
        and not name.lower().startswith(_OF_THE_BROWSER)
    ]


def _text(body: bytes) -> str | None:
    """Give a body as text, or None where a command line cannot hold it."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def _name(exchange: Exchange) -> str:
    words = re.findall(r"[a-z0-9]+", exchange.request.path.lower())
    return "_".join([exchange.request.method.lower(), *(words or ["index"])])
