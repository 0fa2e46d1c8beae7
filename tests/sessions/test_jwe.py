"""Tokens: what is written reads back, and each refusal has its reason."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jwcrypto.jwe import JWE
from jwcrypto.jwk import JWK

from sandbox.sessions.jwe import Token, decode_token, encode_token, looks_like_token
from sandbox.sessions.refusals import (
    Expired,
    NotAnObject,
    NotAToken,
    NotDated,
    TokenRefusal,
    WrongAlgorithm,
    WrongKey,
)
from sandbox.sessions.settings import KEY_BYTES, SessionSettings

NOW = 1_700_000_000
WEEK = 604_800
SECRET = "a secret of 32 characters at least!"
SETTINGS = SessionSettings(secret=SECRET)


def made_by_hand(
    plaintext: bytes, *, key: bytes = SECRET[:32].encode(), **header: Any
) -> str:
    """Encrypt anything, under any header, with the settings' own key."""
    protected = {"alg": "dir", "enc": "A256GCM", **header}
    token = JWE(
        plaintext, json.dumps(protected), algs=[*KEY_BYTES, "dir", "A256CBC-HS512"]
    )
    octets = base64.urlsafe_b64encode(key).decode().rstrip("=")
    token.add_recipient(JWK(kty="oct", k=octets))
    return str(token.serialize(compact=True))


def opened(text: str, **policy: Any) -> Token | TokenRefusal:
    return decode_token(text, SETTINGS, **{"now_epoch": NOW, **policy})


@pytest.mark.parametrize("algorithm", ["A256GCM", "A192GCM", "A128GCM"])
def test_token_reads_back(algorithm: Any) -> None:
    """In each algorithm: the session, its `iat`, and the header helpers write."""
    settings = SessionSettings(secret=SECRET, algorithm=algorithm)

    text = encode_token({"count": 1, "iat": 5}, settings, now_epoch=NOW + 0.9)
    token = decode_token(text, settings, now_epoch=NOW)

    assert isinstance(token, Token)
    assert token.payload == {"count": 1, "iat": NOW}
    assert token.payload_bytes == len('{"count": 1, "iat": 1700000000}')
    header = base64.urlsafe_b64decode(text.split(".")[0] + "==")
    assert header == b'{"alg":"dir","enc":"%s"}' % algorithm.encode()


@settings(deadline=None)
@given(
    st.dictionaries(
        st.text(),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            max_leaves=8,
        ),
    )
)
def test_token_keeps_any_json(session: dict[str, Any]) -> None:
    """What JSON can say survives."""
    token = opened(encode_token(session, SETTINGS, now_epoch=NOW))

    assert isinstance(token, Token)
    assert token.payload == {**session, "iat": NOW}


@settings(deadline=None)
@given(st.text() | st.from_regex(r"[A-Za-z0-9_.-]{0,60}", fullmatch=True))
def test_token_of_anything_is_refused_without_an_exception(text: str) -> None:
    """Whatever a client sends, the answer is a reason."""
    assert not isinstance(opened(text), Token)


def test_token_differs_each_time() -> None:
    """The nonce is drawn anew, as AES-GCM requires."""
    tokens = {encode_token({}, SETTINGS, now_epoch=NOW) for _ in range(20)}

    assert len(tokens) == 20


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, b"x", object()])
def test_token_refuses_to_write_what_json_cannot_say(value: Any) -> None:
    """Better an error than a session that the Node helper cannot read."""
    with pytest.raises((TypeError, ValueError)):
        encode_token({"value": value}, SETTINGS, now_epoch=NOW)


GOOD = made_by_hand(b'{"iat":1700000000}')
HEADER, _, NONCE, BODY, TAG = GOOD.split(".")


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", NotAToken(detail="it has 1 parts in place of 5")),
        ("a.b", NotAToken(detail="it has 2 parts in place of 5")),
        ("a" * 70_000, NotAToken(detail="it has over 65536 characters")),
        ("!!.....", NotAToken(detail="it has 6 parts in place of 5")),
        ("!!....", NotAToken(detail="its header is not JSON in base64url")),
        ("ZQ....", NotAToken(detail="its header is not JSON in base64url")),
        ("W10....", NotAToken(detail="its header is not a JSON object")),
        (f"{HEADER}..{NONCE}.{BODY}.{TAG[::-1]}", WrongKey()),
        (f"{HEADER}..{NONCE}.{BODY}.", WrongKey()),
        (f"{HEADER}..{NONCE}..{TAG}", WrongKey()),
        (f"{HEADER}...{BODY}.{TAG}", WrongKey()),
        (f"{HEADER}..{NONCE}.{BODY[::-1]}.{TAG}", WrongKey()),
        (f"{HEADER}.AAAA.{NONCE}.{BODY}.{TAG}", WrongKey()),
        (made_by_hand(b'{"iat":1}', key=b"k" * 32), WrongKey()),
        (
            made_by_hand(b"{}", key=b"k" * 16, enc="A128GCM"),
            WrongAlgorithm(found="A128GCM", expected="A256GCM"),
        ),
        (
            made_by_hand(b"{}", key=b"k" * 64, enc="A256CBC-HS512"),
            WrongAlgorithm(found="A256CBC-HS512", expected="A256GCM"),
        ),
        (
            "eyJhbGciOiJBMjU2S1ciLCJlbmMiOiJBMjU2R0NNIn0....",
            WrongAlgorithm(found="A256KW", expected="dir"),
        ),
        (made_by_hand(b"[1]"), NotAnObject(found="a JSON array")),
        (made_by_hand(b"null"), NotAnObject(found="a JSON null")),
        (made_by_hand(b"7"), NotAnObject(found="a JSON number")),
        (made_by_hand(b"{"), NotAnObject(found="something that is not JSON")),
        (made_by_hand(b"[" * 9000), NotAnObject(found="something that is not JSON")),
        (made_by_hand(b"\xff"), NotAnObject(found="something that is not JSON")),
    ],
    # Tokens differ from run to run; names that do not let runs be shared out.
    ids=lambda value: type(value).__name__,
)
def test_token_is_refused_for_a_reason(text: str, refusal: TokenRefusal) -> None:
    """Each way to be wrong has its own answer, and a sentence for it."""
    found = opened(text)

    assert found == refusal
    assert refusal.message.endswith(".")


def test_token_that_is_compressed_is_refused() -> None:
    """A megabyte of zeros in a kilobyte of token is never unpacked."""
    bomb = made_by_hand(b'{"zeros":"' + b"0" * 1_000_000 + b'"}', zip="DEF")

    assert len(bomb) < 4096
    assert opened(bomb) == NotAToken(
        detail='its header has "zip", which no helper writes'
    )


@pytest.mark.parametrize(
    ("plaintext", "age_seconds", "expected"),
    [
        (b'{"iat":1700000000}', WEEK, None),
        (b'{"iat":1700000000}', WEEK + 1, Expired),
        (b'{"iat":1700000000,"exp":1700000010}', 10, None),
        (b'{"iat":1700000000,"exp":1700000010}', 11, Expired),
        (b'{"iat":1700000000,"exp":1900000000}', WEEK + 1, Expired),
        (b'{"iat":1700000000,"exp":"soon"}', WEEK, None),
        (b"{}", 0, NotDated),
        (b'{"iat":0}', 0, NotDated),
        (b'{"iat":true}', 0, NotDated),
        (b'{"iat":1e999}', 0, NotDated),
        (b'{"iat":%s}' % (b"9" * 400), 0, NotDated),
    ],
)
def test_token_expires_as_the_node_helper_has_it(
    plaintext: bytes, age_seconds: int, expected: type | None
) -> None:
    """A week after it was written, or at its own `exp` if that comes first."""
    found = opened(
        made_by_hand(plaintext), now_epoch=NOW + age_seconds, lifetime_seconds=WEEK
    )

    assert isinstance(found, expected or Token)


def test_token_says_when_it_expired() -> None:
    """The moment and the reader's own time are told."""
    found = opened(GOOD, now_epoch=NOW + WEEK + 60, lifetime_seconds=WEEK)

    assert found == Expired(expired_epoch=NOW + WEEK, now_epoch=NOW + WEEK + 60)
    assert found.message == "The session expired 1 minute ago."


def test_token_lives_forever_without_a_lifetime() -> None:
    """The Python helper judges no time at all."""
    found = opened(made_by_hand(b'{"exp":1}'), now_epoch=NOW * 2)

    assert isinstance(found, Token)
    assert found.expires_epoch is None


def test_looks_like_token_tells_the_stores_apart() -> None:
    """Five parts with an empty second one; a signed id has two."""
    assert looks_like_token(GOOD)
    assert not looks_like_token("abc.def")
    assert not looks_like_token("a.b.c.d.e")


NPM = SessionSettings(secret=SECRET, helper="npm")
PYPI = SessionSettings(secret=SECRET, helper="pypi")


@pytest.mark.parametrize(
    ("text", "readers"),
    [
        (GOOD, "own pypi npm"),
        (made_by_hand(b'{"iat":1}', foo=1), "pypi npm"),
        (made_by_hand(b'{"iat":1}', zip=None), "pypi npm"),
        (made_by_hand(b'{"iat":1}', key=SECRET[:16].encode(), enc="A128GCM"), "npm"),
        (made_by_hand(b'{"iat":1}', key=SECRET[:24].encode(), enc="A192GCM"), "npm"),
        (f"{HEADER}.AAAA.{NONCE}.{BODY}.{TAG}", "npm"),
        (f"{HEADER}.!.{NONCE}.{BODY}.{TAG}", "pypi npm"),
        (f"{HEADER}..{NONCE}.{BODY}.{TAG}==", "own pypi npm"),
        (f"{HEADER}..{NONCE}.{BODY}.{TAG}%", "npm"),
        (f"{HEADER}..{NONCE}.{BODY[:4]} {BODY[4:]}.{TAG}", "pypi npm"),
        (f"{GOOD}.==", "pypi"),
        (f"{HEADER}=..{NONCE}.{BODY}.{TAG}", ""),
        (made_by_hand(b'{"iat":1,"a":NaN}'), "own pypi"),
        (made_by_hand(b'{"iat":1,"a":"\xff"}'), "npm"),
    ],
    # Tokens differ from run to run; names that do not let runs be shared out.
    ids=lambda value: type(value).__name__,
)
def test_token_is_read_by_the_helpers_that_read_it(text: str, readers: str) -> None:
    """Each library passes over something else; both helpers gave this when run."""
    for reader in (SETTINGS, PYPI, NPM):
        token = decode_token(text, reader, now_epoch=NOW)

        assert isinstance(token, Token) is (reader.helper in readers)


@pytest.mark.parametrize(
    ("plaintext", "expected"),
    [
        (b'{"iat":"1700000000"}', None),
        (b'{"iat":[1700000000]}', None),
        (b'{"iat":1e400}', None),
        (b'{"iat":1e16}', None),
        (b'{"iat":"soon"}', NotDated),
        (b'{"iat":{}}', NotDated),
        (b'{"iat":null}', NotDated),
        (b'{"iat":true}', Expired),
        (b'{"iat":1700000000,"exp":"1699999999"}', Expired),
        (b'{"iat":1700000000,"exp":true}', Expired),
        (b'{"iat":1700000000,"exp":"2023-11-01"}', None),
        (b'{"iat":1700000000,"exp":""}', None),
    ],
)
def test_token_is_dated_for_node_with_javascripts_number(
    plaintext: bytes, expected: type | None
) -> None:
    """An `exp` of the app's own counts too, as far as JavaScript finds a number."""
    found = decode_token(
        made_by_hand(plaintext), NPM, now_epoch=NOW, lifetime_seconds=WEEK
    )

    assert isinstance(found, expected or Token)


def test_token_has_the_numbers_that_node_has() -> None:
    """Whole ones are rounded from 2 ** 53 on."""
    token = decode_token(
        made_by_hand(b'{"iat":1,"n":9007199254740993,"f":1.0}'), NPM, now_epoch=NOW
    )

    assert isinstance(token, Token)
    assert token.payload == {"iat": 1, "n": 9007199254740992, "f": 1}
