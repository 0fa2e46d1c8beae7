"""Holds the tokens of the arc format to what Architect's own lexer makes."""

import pytest

from sandbox.errors import ManifestSyntaxError
from sandbox.manifest.lexer import tokenize
from sandbox.manifest.source_text import SourceText


def values(line: str) -> list[object]:
    """Give the values of the scalar tokens in one line."""
    tokens = tokenize(SourceText(line, "app.arc"))
    return [token.value for token in tokens if token.is_scalar]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("0x10 1e3 010 1. -.5", [16, 1000, 10, 1, -0.5]),
        ("1e400 -Infinity", [float("inf"), float("-inf")]),
        (".5 +5 1,000 1_000 5% -", [".5", "+5", "1,000", "1_000", "5%", "-"]),
        ("12345678901234567890", [12345678901234567168]),
        ("true false truey", [True, False, "truey"]),
        ("true\t", [True]),
        ("true#c", ["true"]),
        ("5#c", ["5"]),
        ("it's foo\"bar", ["it's", 'foo"bar']),
        ('"a"b', ["a", "b"]),
        ("'a # b' `c@d`", ["a # b", "c@d"]),
        ("foo#bar", ["foo"]),
        ("", []),
    ],
)
def test_tokenize_reads_values_as_javascript_does(
    line: str, expected: list[object]
) -> None:
    """Numbers, booleans and words follow JavaScript's rules, to the last digit."""
    assert [(type(v), v) for v in values(line)] == [(type(v), v) for v in expected]


def test_tokenize_counts_a_tab_as_two_spaces() -> None:
    """A tab indents as far as the two spaces that a map needs."""
    kinds = [token.kind for token in tokenize(SourceText("\tx", "app.arc"))]

    assert kinds == ["space", "space", "string"]


def test_tokenize_keeps_line_ends_inside_quotes() -> None:
    """A quoted string may span lines, and keeps a carriage return."""
    assert values('"a\r\n  b" c') == ["a\r\n  b", "c"]


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ('{\n  "app": "x"\n}', "JSON belongs in a file of its own, such as arc.json."),
        ("@app\n<<<<<<< HEAD\nx\n", "Resolve the merge conflict that begins here."),
        ("\ufeff@app", "Save the file as UTF-8 without a byte order mark."),
        ("\ufffd\ufffd@\0a\0", "Save the file as UTF-8."),
        ("@app\nx;", "Remove it, or put the whole word between quotes."),
    ],
)
def test_tokenize_says_what_a_character_is_likely_to_be(text: str, remedy: str) -> None:
    """A file that another program wrote is told by the first character of it."""
    with pytest.raises(ManifestSyntaxError) as told:
        tokenize(SourceText(text, "app.arc"))

    assert told.value.remedy == remedy


@pytest.mark.parametrize(
    ("text", "line", "column", "fact"),
    [
        ("@app\nx\n@y\n  {", 4, 3, 'The character "{" cannot stand here.'),
        ("@app\nx\t<", 2, 3, 'The character "<" cannot stand here.'),
        ("\ufeff@app", 1, 1, 'The character "U+FEFF" cannot stand here.'),
        ("@app\n'tis", 2, 1, "The quote ' is opened here and never closed."),
        ('@app\n"a\nb" ;', 3, 4, 'The character ";" cannot stand here.'),
        (
            "@app\n @foo.bar",
            2,
            2,
            'The pragma "@foo.bar" has a character that no pragma may have.',
        ),
        (
            '@app\n"a \\" b"',
            2,
            4,
            'A backslash does not escape the quote " in an arc file.',
        ),
    ],
)
def test_tokenize_points_at_what_it_refuses(
    text: str, line: int, column: int, fact: str
) -> None:
    """An error names the very character, with lines as an editor counts."""
    with pytest.raises(ManifestSyntaxError) as caught:
        tokenize(SourceText(text, "app.arc"))

    error = caught.value
    assert (error.location.line, error.location.column) == (line, column)
    assert error.message == fact
    assert error.remedy
