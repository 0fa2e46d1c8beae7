"""Takes the text of a PartiQL statement, gives its tokens.

They are tokens of an expression, but that a `placeholder` is a name in double quotes
and a `value` a text in single ones, both without them. `!=` is `<>`, and comments are
blanks.
"""

import re

from sandbox.tables.expression_text import Kind, Token, syntax_error

_BLANKS = re.compile(r"(?>\s|--[^\n]*+|/\*.*?\*/)*+", re.DOTALL)
_TOKEN = re.compile(
    r"""
      (?P<name>[A-Za-z_][A-Za-z0-9_]*+)
    | (?P<placeholder>"[^"]++")
    | (?P<value>'(?:[^']|'')*+')
    | (?P<number>(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][+-]?[0-9]++)?)
    | (?P<symbol><<|>>|<>|!=|<=|>=|[=<>()\[\]{},.:?*+-])
    | (?P<end>\Z)
    """,
    re.VERBOSE,
)


def tokens_of(text: str) -> tuple[Token, ...]:
    """Cut a statement into tokens, of which the last is its end.

    Raises:
        ExpressionError: it has a character that none can have.
    """
    tokens: list[Token] = []
    place = 0
    while not tokens or tokens[-1].kind != "end":
        if blanks := _BLANKS.match(text, place):
            place = blanks.end()
        found = _TOKEN.match(text, place)
        if found is None:
            tokens.append(Token("symbol", text[place], place, place + 1))
            raise syntax_error(text, tokens, len(tokens) - 1)
        kind: Kind = found.lastgroup  # type: ignore[assignment]  # one of the groups
        tokens.append(Token(kind, _shown(kind, found[0]), place, found.end()))
        place = found.end()
    return tuple(tokens)


def _shown(kind: Kind, text: str) -> str:
    match kind:
        case "placeholder":
            return text[1:-1]
        case "value":
            return text[1:-1].replace("''", "'")
        case "end":
            return "<EOF>"
    return "<>" if text == "!=" else text
