"""Signatures: those of `cookie-signature`, and nothing else accepted."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.sessions.signature import sign, unsign

# From the documentation of the npm package cookie-signature 1.2.
TOBI = "hello.DGDUkGlIkCzPz+C0B064FNgHdEjox7ch8tOBGslZ5QI"


def test_sign_gives_what_cookie_signature_gives() -> None:
    """Base64 without padding, after a full stop."""
    assert sign("hello", "tobiiscool") == TOBI


@pytest.mark.parametrize(
    ("signed", "text"),
    [
        (TOBI, "hello"),
        (TOBI[:-1], None),
        (TOBI[:-1] + "J", None),
        ("hullo" + TOBI[5:], None),
        ("hello", None),
        ("hello.", None),
        (".", None),
        ("", None),
        ("\ud800.x", None),
    ],
)
def test_unsign_accepts_the_whole_signature_alone(
    signed: str, text: str | None
) -> None:
    """A change anywhere is refused, and so is a missing signature."""
    assert unsign(signed, "tobiiscool") == text


def test_unsign_refuses_another_secret() -> None:
    """The secret decides."""
    assert unsign(TOBI, "luna") is None


@settings(deadline=None)
@given(st.text(), st.text())
def test_unsign_undoes_sign(text: str, secret: str) -> None:
    """Whatever the text and the secret."""
    assert unsign(sign(text, secret), secret) == text
