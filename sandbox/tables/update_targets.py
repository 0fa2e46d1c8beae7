"""Takes the text of an update, gives the paths that it sets, adds to or removes.

It is read as far as that needs; what is wrong with it is found elsewhere.
"""

from collections.abc import Sequence

from sandbox.tables.conditions import Path
from sandbox.tables.expression_text import Token, tokens_of


def targets_of(text: str) -> tuple[Path, ...]:
    """Give the paths, in order; names may be `#names`.

    Args:
        text: an UpdateExpression that is in order.
    """
    tokens = tokens_of(text)
    targets: list[Path] = []
    depth = 0
    for place, token in enumerate(tokens):
        depth += token.depth
        if depth == 0 and (token.begins_section or token.is_symbol(",")):
            targets.append(_path_from(tokens, place + 1))
    return tuple(target for target in targets if target.parts)


def _path_from(tokens: Sequence[Token], place: int) -> Path:
    parts: list[str | int] = []
    while tokens[place].kind in ("name", "placeholder"):
        parts.append(tokens[place].text)
        place += 1
        while (index := _index_at(tokens, place)) is not None:
            parts.append(index)
            place += 3
        if not tokens[place].is_symbol("."):
            break
        place += 1
    return Path(tuple(parts))


def _index_at(tokens: Sequence[Token], place: int) -> int | None:
    """Give the number in `[12]`, or None where none stands there."""
    match tokens[place : place + 3]:
        case (opening, Token("number", text), closing) if opening.is_symbol(
            "["
        ) and closing.is_symbol("]"):
            return int(text)
    return None
