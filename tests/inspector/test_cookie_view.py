"""The cookies of an exchange, as a browser took them."""

from dataclasses import replace
from typing import Any

import pytest

from sandbox.inspector.cookie_view import (
    cookies_view,
    past_session,
    read_header,
    set_cookies,
)
from sandbox.json_value import JsonText
from sandbox.sessions.cookie import CookieReading
from sandbox.sessions.explain import Explanation
from sandbox.sessions.refusals import UnknownRow
from tests.exchanges import exchange_of


@pytest.mark.parametrize("host", ["[::1]", "[::1]:3333", "localhost", "LOCALHOST:3333"])
def test_this_machine_counts_as_secure_by_any_name(host: str) -> None:
    """With or without a port, and where the name itself has colons."""
    exchange = exchange_of(
        "a",
        request_headers=(("host", host),),
        response_headers=(("set-cookie", "a=1; Secure"),),
    )

    ((_value, view),) = set_cookies(exchange)

    assert view.is_kept


ROW = UnknownRow(idx="abc")


@pytest.mark.parametrize(
    ("notes", "row", "reason"),
    [
        ((), "gone", None),
        (("Said of another cookie.",), "gone", None),
        ((f"The session was refused. {ROW.message}",), None, ROW.message),
    ],
)
def test_a_row_that_is_gone_was_not_refused(
    notes: tuple[str, ...], row: str | None, reason: str | None
) -> None:
    """Whether a request's session was refused is what was noted at the time."""
    cookie = CookieReading(value="abc.signed")
    seen = Explanation(store="table", cookie=cookie, idx="abc", refusal=ROW)
    exchange = exchange_of("a", request_headers=(("cookie", "_idx=abc.signed"),))

    view: Any = cookies_view(
        replace(exchange, notes=notes), None, lambda *_asked: seen
    )["session_in"]

    assert (view["row"], view["reason"]) == (row, reason)
    assert any("refused" in each["text"] for each in view["warnings"]) == bool(reason)


@pytest.mark.parametrize(
    ("store", "session"),
    [("table", {"tags": {"a"}}), ("jwe", {"tags": {"$set": ["a"]}})],
)
def test_a_past_session_is_as_the_handler_had_it(store: Any, session: Any) -> None:
    """A row has sets; a token is JSON, and has maps with odd names."""
    seen = Explanation(
        store=store,
        cookie=CookieReading(value="abc"),
        session={"tags": {"$set": ["a"]}, "_idx": "abc"},
    )
    exchange = exchange_of("a", request_headers=(("cookie", "_idx=abc"),))

    assert past_session(exchange, lambda *_asked: seen) == session


@pytest.mark.parametrize(
    ("event", "header"),
    [
        ('{"cookies": ["a=1", "_idx=x"]}', "a=1; _idx=x"),
        ('{"headers": {"Cookie": "_idx=x"}}', "_idx=x"),
        ('{"headers": {}}', ""),
        (None, "a=1;; _idx=x"),
    ],
)
def test_a_session_is_read_from_what_the_function_was_given(
    event: str | None, header: str
) -> None:
    """An event may hold less than what was sent; without one, that is all there is."""
    sent = (("Cookie", "a=1;"), ("cookie", "_idx=x"))
    exchange = exchange_of("a", request_headers=sent)

    given = replace(exchange, event_json=event and JsonText(event))

    assert read_header(given) == header
