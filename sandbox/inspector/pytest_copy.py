"""One exchange → a test for pytest that sends the request again."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sandbox.exchange import Exchange, HttpRequest
from sandbox.inspector.copied_request import headers_of, target_of
from sandbox.sessions.cookie import COOKIE_NAME

_OF_THE_CLIENT = frozenset({"user-agent", "accept", "accept-language", "referer"})
"""Headers that say nothing in a test."""


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
    arguments = [_literal(request.method), _literal(target_of(request))]
    headers = [
        f"        {_literal(name)}: {_literal(value)},\n"
        for name, value in headers_of(request)
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


def _text(body: bytes) -> str | None:
    """Give a body as text, or None where it is none."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _name(exchange: Exchange) -> str:
    words = re.findall(r"[a-z0-9]+", exchange.request.path.lower())
    return "_".join([exchange.request.method.lower(), *(words or ["index"])])
