"""The nouns of the JSON API: a request that has passed the guard, and its answers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from sandbox.json_value import JsonValue

Headers: TypeAlias = tuple[tuple[str, str], ...]


class ApiError(Exception):
    """An answer to a client that asks for what cannot be; no error of the sandbox.

    Args:
        status: 400 for what the client can mend, 404, 405, 409, 413 or 415.
        message: the fact, with the value in quotes.
        remedy: what to do about it.
        headers: further headers of the answer, such as `Allow`.
    """

    def __init__(
        self, status: int, message: str, *, remedy: str = "", headers: Headers = ()
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.remedy = remedy
        self.headers = headers

    def body(self) -> dict[str, JsonValue]:
        """Give the body of the answer."""
        return {"message": self.message, "remedy": self.remedy}


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiRequest:
    """One request for an endpoint."""

    path: Mapping[str, str] = field(default_factory=dict)
    """The path's parameters by name, percent-decoded; never empty texts."""
    query: Mapping[str, str] = field(default_factory=dict)
    """Only parameters that the endpoint declares; the last of a name wins."""
    body: Mapping[str, JsonValue] = field(default_factory=dict)
    """The JSON object that was sent; empty without a body."""
    may_reveal: bool = False
    """True where the custom header proves that no foreign page asks."""
    host: str = "localhost"
    """The name by which the inspector was reached, without port."""

    def integer(self, name: str, *, default: int, most: int) -> int:
        """Give a query parameter as a number from 1 to `most`.

        Raises:
            ApiError: it is none.
        """
        text = self.query.get(name)
        if text is None:
            return default
        if not (text.isascii() and text.isdigit() and 1 <= int(text[:10]) <= most):
            raise ApiError(
                400,
                f'The parameter {name} is "{text}".',
                remedy=f"Give a whole number from 1 to {most}.",
            )
        return int(text)

    def text(self, name: str) -> str:
        """Give a member of the body that must be a text with something in it.

        Raises:
            ApiError: it is missing, or another thing.
        """
        value = self.body.get(name)
        if isinstance(value, str) and value:
            return value
        raise ApiError(
            400,
            f'The body has no string called "{name}".',
            remedy=f'Send a JSON object such as {{"{name}": "…"}}.',
        )

    def mapping(self, name: str) -> Mapping[str, JsonValue]:
        """Give a member of the body that must be an object.

        Raises:
            ApiError: it is missing, or another thing.
        """
        value = self.body.get(name)
        if isinstance(value, Mapping):
            return value
        raise ApiError(
            400,
            f'The body has no object called "{name}".',
            remedy=f'Send a JSON object such as {{"{name}": {{}}}}.',
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonAnswer:
    """Data."""

    content: JsonValue
    status: int = 200
    headers: Headers = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TextAnswer:
    """Text to copy."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamAnswer:
    """Server-sent events, for as long as the client listens (HTML standard, 9.2)."""

    pieces: Iterable[bytes]
    """Closed, where it can be, when the client goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentAnswer:
    """A page, or what a page loads: a style sheet, a script, a picture."""

    body: bytes
    media_type: str
    """With its charset."""
    status: int = 200
    headers: Headers = ()


Answer: TypeAlias = JsonAnswer | TextAnswer | StreamAnswer | DocumentAnswer
