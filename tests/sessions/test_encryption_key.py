"""Keys: the octets that each helper makes of a secret, or why it makes none."""

from collections.abc import Callable

import pytest

from sandbox.sessions.encryption_key import (
    UnusableSecretError,
    jose_key,
    legacy_key,
    node_key,
    own_key,
)


@pytest.mark.parametrize(
    ("make", "secret", "key"),
    [
        (own_key, "abcdef", b"abcd"),
        (own_key, "éé", "éé".encode()),
        (jose_key, "abcdef", b"abcd"),
        (node_key, "abcdef", b"abcd"),
        (node_key, "éééé", "éé".encode()),
        (node_key, "😀😀", "😀".encode()),
        (node_key, "abc😀", b"abc\xef"),
        (legacy_key, "YWJjZGVm", b"abcd"),
    ],
)
def test_key_is_cut_as_the_helper_cuts(
    make: Callable[[str, int], bytes], secret: str, key: bytes
) -> None:
    """By octets, by characters, or by UTF-16 code units, through a character too."""
    assert make(secret, 4) == key


@pytest.mark.parametrize(
    ("make", "secret", "why"),
    [
        (own_key, "abc", "it gives 3 bytes, and 4 are required"),
        (jose_key, "abc", "it gives 3 bytes, and 4 are required"),
        (jose_key, "abcé", "cut to 4 characters, it gives 5 bytes"),
        (jose_key, "éé", None),
        (node_key, "éé", "it has 2 characters, and 4 are required"),
        (legacy_key, "YWI", "read as base64, it gives 2 bytes"),
    ],
)
def test_key_that_is_none_is_explained(
    make: Callable[[str, int], bytes], secret: str, why: str | None
) -> None:
    """Too short in what the helper counts, or too long once it is written in UTF-8."""
    if why is None:
        assert make(secret, 4) == secret.encode()
        return
    with pytest.raises(UnusableSecretError, match=why):
        make(secret, 4)
