"""Sessions in browsers, changed from outside."""

import threading
from dataclasses import replace
from typing import Any

import pytest

from sandbox.inspector.seen_tokens import SeenToken
from sandbox.inspector.token_sessions import MOST_KEPT, MadeTokens, TokenSessions
from sandbox.project.model import Function, FunctionConfig
from sandbox.sessions import jwe
from sandbox.sessions.settings import Helper, SessionSettings
from tests.exchanges import FUNCTION

WEEK_SECONDS = 7 * 24 * 60 * 60
NODE = replace(FUNCTION, config=FunctionConfig(runtime="nodejs22.x"))
SETTINGS = SessionSettings(secret="s" * 32)


def sessions_of(settings: SessionSettings, **seen: Any) -> TokenSessions:
    """Give the one session of a token that was written at 1000."""
    made = MadeTokens()
    value = jwe.encode_token({"user": "Ada"}, settings, now_epoch=1000)
    made.add(SeenToken(value=value, **seen))
    return TokenSessions(
        settings=settings,
        now_epoch=2000,
        recent=lambda: (),
        made=made,
        exchange=lambda former, new: None,
        session_helper=lambda function: "npm" if function == NODE else "own",
    )


@pytest.mark.parametrize(
    ("function", "helper", "ends"),
    [
        (FUNCTION, "npm", 1000 + 3600),
        (NODE, "pypi", 1000 + WEEK_SECONDS),
        (None, "own", 1000 + 3600),
        (None, "npm", 1000 + WEEK_SECONDS),
        (None, "pypi", None),
    ],
)
def test_a_session_ends_as_the_helper_of_its_function_says(
    function: Function | None, helper: Helper, ends: float | None
) -> None:
    """Ours after ARC_SESSION_TTL; one that none has read yet as the app's usual one."""
    settings = replace(SETTINGS, helper=helper, max_age_seconds=3600)

    (view,) = sessions_of(settings, function=function).all()

    assert view.expires_epoch == ends


def test_a_changed_session_ends_as_its_helper_says() -> None:
    """`@architect/functions` refuses a token after a week, whoever has written it."""
    sessions = sessions_of(SETTINGS, function=NODE, cookie_ends_epoch=1e9)
    (view,) = sessions.all()

    changed = sessions.find(sessions.replace(view, {"user": "Grace"}))

    assert changed is not None
    assert changed.expires_epoch == 2000 + WEEK_SECONDS


def test_a_token_is_looked_for_in_one_go() -> None:
    """Others that end meanwhile take its place only after that."""
    made = MadeTokens()
    made.end("first")

    def end_others() -> None:
        for number in range(MOST_KEPT):
            made.end(str(number))

    rival = threading.Thread(target=end_others)  # noqa: TID251

    class Wanted(str):
        """Has the rival begin, and gives it time, once it is looked for."""

        __slots__ = ()

        def __hash__(self) -> int:
            if rival.ident is None:
                rival.start()
                rival.join(timeout=0.1)
            return super().__hash__()

    has_ended = made.has_ended(Wanted("first"))
    rival.join()

    assert has_ended
    assert not made.has_ended("first")
