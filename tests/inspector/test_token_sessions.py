"""Sessions in browsers, changed from outside."""

from dataclasses import replace

from sandbox.inspector.seen_tokens import SeenToken
from sandbox.inspector.token_sessions import MadeTokens, TokenSessions
from sandbox.project.model import FunctionConfig
from sandbox.sessions import jwe
from sandbox.sessions.settings import SessionSettings
from tests.exchanges import FUNCTION

WEEK_SECONDS = 7 * 24 * 60 * 60
NODE = replace(FUNCTION, config=FunctionConfig(runtime="nodejs22.x"))
SETTINGS = SessionSettings(secret="s" * 32)


def test_a_changed_session_ends_as_its_helper_says() -> None:
    """`@architect/functions` refuses a token after a week, whoever has written it."""
    made = MadeTokens()
    value = jwe.encode_token({"user": "Ada"}, SETTINGS, now_epoch=1000)
    made.add(SeenToken(value=value, function=NODE, cookie_ends_epoch=1e9))
    sessions = TokenSessions(
        settings=SETTINGS,
        now_epoch=2000,
        recent=lambda: (),
        made=made,
        exchange=lambda former, new: None,
    )
    (view,) = sessions.all()

    changed = sessions.find(sessions.replace(view, {"user": "Grace"}))

    assert changed is not None
    assert changed.expires_epoch == 2000 + WEEK_SECONDS
