"""Takes the text of a DynamoDB expression, gives its tokens, and says what is wrong.

The words for errors are DynamoDB's own: each error is the part of its message behind
"Invalid FilterExpression: ". A name begins with a letter, so that `_idx` is a syntax
error near "_idx" (aws/aws-sdk-js issue 1691); it has to be a `#name`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["name", "placeholder", "value", "number", "symbol", "end"]

_TOKEN = re.compile(
    r"""[ \t\r\n]*(?:
      (?P<name>[A-Za-z][A-Za-z0-9_]*)
    | (?P<placeholder>\#[A-Za-z0-9_]+)
    | (?P<value>:[A-Za-z0-9_]+)
    | (?P<number>0|[1-9][0-9]*)
    | (?P<symbol><>|<=|>=|[=<>()\[\],.+_-])
    | (?P<end>\Z)
    )""",
    re.VERBOSE,
)
_MAX_BYTES = 4096
"""DynamoDB Developer Guide, "Quotas": 4 KB."""
_END_SHOWN = "<EOF>"
_REMEMBERED = 256


class ExpressionError(Exception):
    """What DynamoDB says of an expression that it does not take."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a `#name`, a `:value`, a number, a symbol, or the end."""

    kind: Kind
    text: str
    start: int
    end: int

    def is_symbol(self, *texts: str) -> bool:
        """Tell whether it is one of these symbols."""
        return self.kind == "symbol" and self.text in texts

    def is_keyword(self, word: str) -> bool:
        """Tell whether it is this keyword, in capitals or not."""
        return self.kind == "name" and self.text.upper() == word


@lru_cache(_REMEMBERED)
def tokens_of(text: str) -> tuple[Token, ...]:
    """Cut an expression into tokens, of which the last is its end.

    Raises:
        ExpressionError: it is empty or too long, or has a character that none can have.
    """
    if not text:
        raise ExpressionError("The expression can not be empty;")
    size_bytes = len(text.encode("utf-8", "surrogatepass"))
    if size_bytes > _MAX_BYTES:
        raise ExpressionError(
            "Expression size has exceeded the maximum allowed size; "
            f"expression size: {size_bytes}"
        )
    tokens: list[Token] = []
    place = 0
    while not tokens or tokens[-1].kind != "end":
        found = _TOKEN.match(text, place)
        if found is None:
            stray = text[place:].lstrip(" \t\r\n")
            start = len(text) - len(stray)
            tokens.append(Token("symbol", stray[0], start, start + 1))
            raise syntax_error(text, tokens, len(tokens) - 1)
        kind: Kind = found.lastgroup  # type: ignore[assignment]  # one of the groups
        shown = found[kind] or _END_SHOWN
        tokens.append(Token(kind, shown, found.start(kind), found.end()))
        place = found.end()
    return tuple(tokens)


def syntax_error(text: str, tokens: Sequence[Token], place: int) -> ExpressionError:
    """Give the error of a token that cannot stand where it does."""
    shown = tokens[max(0, place - 1) : place + 2]
    near = text[
        shown[0].start : max((t.end for t in shown if t.kind != "end"), default=0)
    ]
    return ExpressionError(
        f'Syntax error; token: "{tokens[place].text}", near: "{near}"'
    )


def placeholders_of(text: str) -> tuple[str, ...]:
    """Give each `#name` and `:value` in an expression, in order.

    Raises:
        ExpressionError: as `tokens_of`.
    """
    return tuple(
        token.text
        for token in tokens_of(text)
        if token.kind in ("placeholder", "value")
    )
