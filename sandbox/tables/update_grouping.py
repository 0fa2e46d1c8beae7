"""Takes the text of an update, gives it without the parentheses that mean nothing.

DynamoDB takes them around a whole value, `SET a = (a + :b)`, and around one operand;
moto takes them for a function's. A sum has two operands, and none of them is a sum.
"""

from collections.abc import Iterator, Sequence

from sandbox.tables.expression_text import (
    ExpressionError,
    Token,
    syntax_error,
    tokens_of,
)


def without_grouping(text: str) -> str:
    """Give the expression with a space for each parenthesis that only groups.

    Raises:
        ExpressionError: a pair stands directly within another, or around a part of a
            sum.
    """
    if "(" not in text:
        return text
    tokens = tokens_of(text)
    letters = list(text)
    for opening, closing in _groups(tokens):
        inner = tokens[opening + 1]
        if inner.is_symbol("(") and _closing(tokens, opening + 1) == closing - 1:
            raise ExpressionError("The expression has redundant parentheses;")
        sign = _sign_in(tokens, opening, closing)
        if sign is not None and not _is_whole_value(tokens, opening, closing):
            raise syntax_error(text, tokens, sign)
        for place in (opening, closing):
            letters[tokens[place].start] = " "
    return "".join(letters)


def check_sums(text: str) -> None:
    """Look at how many operands each value has.

    Raises:
        ExpressionError: a value has two signs, as in `a + :b - :c`; moto takes it.
    """
    tokens = tokens_of(text)
    depth = signs = 0
    for place, token in enumerate(tokens):
        depth += token.depth
        if token.is_symbol("+", "-"):
            signs += 1
            if signs > 1:
                raise syntax_error(text, tokens, place)
        elif depth == 0 and (token.begins_section or token.is_symbol(",", "=")):
            signs = 0


def _groups(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Give the places of each pair that is no function's; the unpaired are moto's."""
    for place, token in enumerate(tokens):
        if token.is_symbol("(") and tokens[place - 1].kind == "symbol":
            closing = _closing(tokens, place)
            if closing is not None:
                yield place, closing


def _closing(tokens: Sequence[Token], opening: int) -> int | None:
    depth = 0
    for place in range(opening, len(tokens)):
        depth += tokens[place].depth
        if depth == 0:
            return place
    return None


def _sign_in(tokens: Sequence[Token], opening: int, closing: int) -> int | None:
    """Give the place of a plus or minus between two parentheses, but in no others."""
    depth = 0
    for place in range(opening + 1, closing):
        depth += tokens[place].depth
        if depth == 0 and tokens[place].is_symbol("+", "-"):
            return place
    return None


def _is_whole_value(tokens: Sequence[Token], opening: int, closing: int) -> bool:
    following = tokens[closing + 1]
    ends = following.is_symbol(",") or following.kind == "end"
    return tokens[opening - 1].is_symbol("=") and (ends or following.begins_section)
