"""Base64 as three libraries read it; the values are what they gave when run."""

import pytest

from sandbox.sessions.base64_text import jose_octets, node_octets, strict_octets


@pytest.mark.parametrize(
    ("text", "strict", "jose", "node"),
    [
        ("YWI", b"ab", b"ab", b"ab"),
        ("-_8", b"\xfb\xff", b"\xfb\xff", b"\xfb\xff"),
        ("", b"", b"", b""),
        ("YWI=", b"ab", b"ab", b"ab"),
        ("Y WI", None, None, b"ab"),
        ("YéWI", None, b"ab", b"ab"),
        ("YWJj.", None, b"abc", b"abc"),
        ("YW=I", None, None, b"a"),
        ("YWJjZ", None, None, b"abc"),
        ("é", None, b"", b""),
        ("YW\u0141I", None, b"ab", b"a`\x08"),
        ("YWI😀YWI", None, b"ab\x18X", b"ab"),
        ("\ud800", None, b"", b""),
    ],
)
def test_octets_are_each_librarys_own(
    text: str, strict: bytes | None, jose: bytes | None, node: bytes
) -> None:
    """What one refuses, another passes over."""
    assert strict_octets(text) == strict
    assert jose_octets(text) == jose
    assert node_octets(text) == node
