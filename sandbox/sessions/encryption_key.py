"""A secret → the octets that encrypt tokens, as each runtime helper takes them."""

from sandbox.sessions.base64_text import node_octets


class UnusableSecretError(ValueError):
    """A secret that gives no key; the text says what it gives instead."""


def own_key(secret: str, size: int) -> bytes:
    """Give the first `size` octets of the secret in UTF-8.

    Raises:
        UnusableSecretError: there are fewer.
    """
    return _cut(secret.encode("utf-8", "surrogatepass"), size)


def legacy_key(secret: str, size: int) -> bytes:
    """Give the first octets of a secret that is read as base64 as it stands.

    Raises:
        UnusableSecretError: there are fewer.
    """
    return _cut(node_octets(secret), size, before="read as base64, ")


def node_key(secret: str, size: int) -> bytes:
    """Give the key of `@architect/functions`, which counts UTF-16 code units.

    It cuts the secret by them, perhaps through a character, and then the octets.

    Raises:
        UnusableSecretError: there are fewer units than the key has octets.
    """
    units = secret.encode("utf-16-le", "surrogatepass")
    if len(units) < 2 * size:
        raise UnusableSecretError(
            f"it has {len(units) // 2} characters, and {size} are required"
        )
    # Buffer writes half a surrogate pair as U+FFFD.
    text = units[: 2 * size].decode("utf-16-le", "surrogatepass")
    whole = "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)
    return whole.encode("utf-8")[:size]


def jose_key(secret: str, size: int) -> bytes:
    """Give the key of architect-functions, which cuts characters and counts octets.

    Raises:
        UnusableSecretError: the characters left are not `size` octets in UTF-8.
    """
    octets = secret[:size].encode("utf-8", "surrogatepass")
    if len(octets) > size:
        raise UnusableSecretError(
            f"cut to {size} characters, it gives {len(octets)} bytes, and {size} are "
            "required"
        )
    return _cut(octets, size)


def _cut(octets: bytes, size: int, *, before: str = "") -> bytes:
    if len(octets) < size:
        raise UnusableSecretError(
            f"{before}it gives {len(octets)} bytes, and {size} are required"
        )
    return octets[:size]
