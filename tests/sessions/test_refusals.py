"""Refusals: each says in one sentence what is wrong."""

import pytest

from sandbox.sessions import refusals
from sandbox.sessions.refusals import Refusal


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (refusals.NoCookie(), "carries no _idx cookie"),
        (
            refusals.WrongStore(found="jwe", expected="table"),
            "holds a JWE token, but the settings ask for the signed id",
        ),
        (refusals.LostCookie(), "does not find _idx in this Cookie header: _idx, or a"),
        (refusals.RowWithoutSecret(), 'no "_secret", so that @architect/functions'),
        (
            refusals.NotAToken(detail="it has 1 parts"),
            "not a JWE token: it has 1 parts",
        ),
        (
            refusals.WrongAlgorithm(found="A128GCM", expected="A256GCM"),
            'encrypted with "A128GCM", and the settings ask for "A256GCM"',
        ),
        (refusals.WrongKey(), "another one, or has been tampered with"),
        (refusals.NotAnObject(found="a JSON array"), "holds a JSON array"),
        (refusals.NotDated(), 'has no "iat"'),
        (refusals.Expired(expired_epoch=10, now_epoch=70), "expired 1 minute ago"),
        (refusals.WrongSignature(is_signed=False), "holds no signature"),
        (refusals.WrongSignature(is_signed=True), "does not fit this ARC_APP_SECRET"),
        (refusals.UnknownRow(idx="abc"), 'no row with the _idx "abc"'),
        (
            refusals.UnreadableRow(attribute="roles", holds="a set"),
            '"roles" holds a set, which architect-functions cannot read',
        ),
    ],
)
def test_refusal_says_what_is_wrong(refusal: Refusal, words: str) -> None:
    """A sentence that a developer can act on."""
    assert words in refusal.message
    assert refusal.message.endswith(".")
