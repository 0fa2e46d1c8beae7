"""Arc text in, tokens out; spaces and line ends are tokens, since indents matter.

The rules are those of `@architect/parser` 8.0.1. Its `Number`, `trim` and character
classes are JavaScript's, see `javascript`.
"""

import re
from collections.abc import Mapping

from sandbox.errors import ManifestSyntaxError
from sandbox.manifest import javascript
from sandbox.manifest.nodes import Token, TokenKind
from sandbox.manifest.source_text import SourceText

_WORD_CHARACTERS = r"A-Za-z0-9()/~\-_.,:$*?&!%=+|^`'\""
_OTHER_SPACE = "".join(
    re.escape(character)
    for character in javascript.WHITE_SPACE
    if character not in " \r\n"
)
_TOKEN = re.compile(
    rf"""
      (?P<pragma>  @[^\r\n]*)
    | (?P<comment> \#[^\r\n]*)
    | (?P<space>   [ ])
    | (?P<tab>     \t)
    | (?P<newline> \r\n|\r|\n)
    | (?P<boolean> (?:true|false)(?=[{_OTHER_SPACE}]*(?:[ \r\n]|\Z)))
    | (?P<number>  [-0-9][^ \r\n]*)
    | (?P<quote>   ["'`])
    | (?P<word>    [{_WORD_CHARACTERS}]+)
    """,
    re.VERBOSE,
)
_WORD = re.compile(rf"[{_WORD_CHARACTERS}]+")
_PRAGMA_NAME = re.compile(r"[A-Za-z0-9_-]+")
_PLAIN_KINDS: Mapping[str, tuple[TokenKind, int]] = {
    "comment": ("comment", 1),
    "space": ("space", 1),
    "tab": ("space", 2),
    "newline": ("newline", 1),
    "word": ("string", 1),
}
"""The token kind of a lexeme, and how many tokens it makes."""
_CONFLICT = "<<<<<<<"
_COMMENT_TAIL = re.compile(r"#[^\r\n\u2028\u2029]*")


def tokenize(source: SourceText) -> list[Token]:
    r"""Cut a text into tokens; its last line need not end with a line end.

    At each position the first of these applies::

        pragma   '@' and the rest of the line, trimmed
        comment  '#' and the rest of the line
        space    ' ', or a tab, which counts as two
        newline  '\r\n', '\r' or '\n'
        boolean  'true' or 'false', up to a space or line end
        number   what `Number()` takes, up to a space or line end
        string   between two equal quotes (no escapes), or a run of word characters

    Raises:
        ManifestSyntaxError: a character that begins no token, a pragma with illegal
            characters, or a quote that is not closed.
    """
    tokens: list[Token] = []
    position = 0
    while position < len(source.text):
        position = _add_token(source, position, tokens)
    return tokens


def pragma_name(token: Token) -> str:
    """Give the name of a pragma token, without its comment."""
    return javascript.trim(_COMMENT_TAIL.sub("", str(token.value)))


def _add_token(source: SourceText, position: int, tokens: list[Token]) -> int:
    """Add the token at `position` to `tokens`, and give where the next one starts."""
    found = _TOKEN.match(source.text, position)
    if found is None:
        raise _unknown_character(source, position)
    lexeme = found[0]
    match found.lastgroup:
        case "quote":
            return _add_quoted_string(source, position, tokens)
        case "number":
            lexeme = _add_number_or_word(source, position, lexeme, tokens)
        case "pragma":
            lexeme = javascript.trim(lexeme)
            token = Token("pragma", lexeme[1:], position)
            _check_pragma(source, token)
            tokens.append(token)
        case "boolean":
            tokens.append(Token("boolean", lexeme == "true", position))
        case group:
            kind, count = _PLAIN_KINDS[str(group)]
            tokens.extend([Token(kind, lexeme, position)] * count)
    return position + len(lexeme)


def _add_number_or_word(
    source: SourceText, position: int, lexeme: str, tokens: list[Token]
) -> str:
    """Add a number, or the word that begins like one; give what was taken."""
    lexeme = javascript.trim(lexeme)
    number = javascript.to_number(lexeme)
    if number is not None:
        tokens.append(Token("number", number, position))
        return lexeme
    word = _WORD.match(source.text, position)
    lexeme = word[0] if word else lexeme
    tokens.append(Token("string", lexeme, position))
    return lexeme


def _add_quoted_string(source: SourceText, position: int, tokens: list[Token]) -> int:
    """Add the text up to the next equal quote; line ends inside belong to it."""
    quote = source.text[position]
    end = source.text.find(quote, position + 1)
    if end == -1:
        raise source.error(
            f"The quote {quote} is opened here and never closed.",
            offset=position,
            remedy="Close it, or put the whole word between quotes of another kind.",
        )
    if source.text[end - 1] == "\\":
        # Architect's own parser loses the rest of the file here, without a word.
        raise source.error(
            f"A backslash does not escape the quote {quote} in an arc file.",
            offset=end - 1,
            remedy="Put the text between quotes of another kind: ' \" or `.",
        )
    tokens.append(Token("string", source.text[position + 1 : end], position))
    return end + 1


def _check_pragma(source: SourceText, token: Token) -> None:
    name = pragma_name(token)
    if not _PRAGMA_NAME.fullmatch(name):
        raise source.error(
            f'The pragma "@{name}" has a character that no pragma may have.',
            offset=token.offset,
            remedy="Use letters, digits, dashes and underscores only;"
            " put a value that contains @ between quotes.",
        )


def _unknown_character(source: SourceText, position: int) -> ManifestSyntaxError:
    character = source.text[position]
    shown = character if character.isprintable() else f"U+{ord(character):04X}"
    remedy = "Remove it, or put the whole word between quotes."
    if source.text.startswith(_CONFLICT, position):
        remedy = "Resolve the merge conflict that begins here."
    elif character in "{[" and not source.text[:position].strip():
        remedy = "JSON belongs in a file of its own, such as arc.json."
    elif character == "\N{REPLACEMENT CHARACTER}":
        remedy = "Save the file as UTF-8."
    elif character == "\ufeff":
        remedy = "Save the file as UTF-8 without a byte order mark."
    elif character.isspace():
        remedy = "Use a plain space."
    return source.error(
        f'The character "{shown}" cannot stand here.', offset=position, remedy=remedy
    )
