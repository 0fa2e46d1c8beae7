"""Why a session cookie is not accepted: one frozen class a reason, each explained.

The runtime helpers answer all of these alike, with an empty session. `code` is stable,
for programs; `message` is one sentence, for people.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

from sandbox.durations import spoken_duration

REFUSED = "session-refused-"
"""Stands before a refusal's code where a warning repeats the refusal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoCookie:
    """The request carries no `_idx` cookie: a visitor without a session."""

    code: ClassVar[str] = "no-cookie"
    message: ClassVar[str] = "The request carries no _idx cookie."


@dataclass(frozen=True, slots=True, kw_only=True)
class LostCookie:
    """architect-functions cannot read a cookie of the header, and so loses them all."""

    code: ClassVar[str] = "lost-cookie"
    message: ClassVar[str] = (
        "architect-functions does not find _idx in this Cookie header: _idx, or a "
        "cookie beside it, has JSON, a space, or a non-ASCII character in its value."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongStore:
    """The cookie belongs to the other store: the setting changed since it was made."""

    code: ClassVar[str] = "wrong-store"
    found: Literal["jwe", "table"]
    expected: Literal["jwe", "table"]

    @property
    def message(self) -> str:
        """Say it in one sentence."""
        names = {"jwe": "a JWE token", "table": "the signed id of a table row"}
        return (
            f"The cookie holds {names[self.found]}, but the settings ask for "
            f"{names[self.expected]}."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAToken:
    """The text is no compact JWE (RFC 7516 section 7.1)."""

    code: ClassVar[str] = "not-a-token"
    detail: str

    @property
    def message(self) -> str:
        """Say it in one sentence."""
        return f"The cookie is not a JWE token: {self.detail}."


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongAlgorithm:
    """The token names a way of encryption other than the one that is set."""

    code: ClassVar[str] = "wrong-algorithm"
    found: str
    expected: str

    @property
    def message(self) -> str:
        """Say it in one sentence."""
        return (
            f'The token is encrypted with "{self.found}", and the settings ask for '
            f'"{self.expected}".'
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongKey:
    """The token does not open: made with another secret, or changed on its way.

    Authenticated encryption cannot tell the two apart (RFC 5116 section 2.2).
    """

    code: ClassVar[str] = "wrong-key"
    message: ClassVar[str] = (
        "The token does not open with this ARC_APP_SECRET: it was made with "
        "another one, or has been tampered with."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAnObject:
    """The token opens, but holds something other than a JSON object."""

    code: ClassVar[str] = "not-an-object"
    found: str

    @property
    def message(self) -> str:
        """Say it in one sentence."""
        return f"The token holds {self.found}, not a JSON object."


@dataclass(frozen=True, slots=True, kw_only=True)
class NotDated:
    """The token opens, but does not say when it was issued (`iat`)."""

    code: ClassVar[str] = "not-dated"
    message: ClassVar[str] = 'The token has no "iat", so that its age is unknown.'


@dataclass(frozen=True, slots=True, kw_only=True)
class Expired:
    """The session's time is over."""

    code: ClassVar[str] = "expired"
    expired_epoch: float
    now_epoch: float

    @property
    def message(self) -> str:
        """Say it in one sentence."""
        past = spoken_duration(self.now_epoch - self.expired_epoch)
        return f"The session expired {past} ago."


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongSignature:
    """The id's signature is wrong or missing: another secret, or tampered with."""

    code: ClassVar[str] = "wrong-signature"
    is_signed: bool

    @property
    def message(self) -> str:
        """Say it in one sentence."""
        if not self.is_signed:
            return "The cookie holds no signature, so that its id proves nothing."
        return (
            "The signature does not fit this ARC_APP_SECRET: the cookie was signed "
            "with another one, or has been tampered with."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """The cookie stands in quotes, and the helper takes them for a part of it."""

    code: ClassVar[str] = "quoted"
    message: ClassVar[str] = (
        "The cookie is in quotes, as architect-functions writes a value with a "
        '"/"; @architect/functions takes them for a part of it, and begins '
        "another session."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownRow:
    """The signature is right, but the sessions table has no such row."""

    code: ClassVar[str] = "unknown-row"
    idx: str

    @property
    def message(self) -> str:
        """Say it in one sentence."""
        return f'The sessions table has no row with the _idx "{self.idx}".'


@dataclass(frozen=True, slots=True, kw_only=True)
class RowWithoutSecret:
    """The row is there, and @architect/functions takes it for none of its own."""

    code: ClassVar[str] = "row-without-secret"
    message: ClassVar[str] = (
        'The row has no "_secret", so that @architect/functions passes it over and '
        "begins another session."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadableRow:
    """The row holds what architect-functions fails to read, and it hides the failure.

    It reads rows with boto3 and then as JSON, which has no sets and no binary; boto3
    cannot read numbers of over 38 digits, zeros at their end included (its issue 2500).
    """

    code: ClassVar[str] = "unreadable-row"
    attribute: str
    """The name at the row's top level."""
    holds: Literal["a set", "binary", "a number of over 38 digits"]

    @property
    def message(self) -> str:
        """Say it in one sentence."""
        return (
            f'The row\'s "{self.attribute}" holds {self.holds}, which '
            "architect-functions cannot read: the handler sees an empty session."
        )


TokenRefusal: TypeAlias = (
    NotAToken | WrongAlgorithm | WrongKey | NotAnObject | NotDated | Expired
)
RowRefusal: TypeAlias = (
    WrongSignature | Quoted | UnknownRow | RowWithoutSecret | Expired
)
CookieRefusal: TypeAlias = NoCookie | LostCookie | WrongStore
Refusal: TypeAlias = CookieRefusal | TokenRefusal | RowRefusal | UnreadableRow
