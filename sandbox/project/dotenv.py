"""The text of a .env file in, variables out.

The rules are those of the dotenv parser inside `@architect/inventory` 6.1.0: `export`,
three kinds of quotes, `#` comments, and nothing expanded.
"""

import re

from sandbox.manifest.javascript import WHITE_SPACE, trim

_SPACE = f"[{WHITE_SPACE}]"
_LINE = re.compile(
    rf"""
    (?:\A|(?<=[\n\u2028\u2029]))
    {_SPACE}*
    (?:export{_SPACE}+)?
    ([A-Za-z0-9_.-]+)
    (?:{_SPACE}*=|:{_SPACE}+?)
    (
        {_SPACE}*'(?:\\'|[^'])*'
      | {_SPACE}*"(?:\\"|[^"])*"
      | {_SPACE}*`(?:\\`|[^`])*`
      | [^\#\r\n]+
    )?
    {_SPACE}*
    (?:\#[^\n\u2028\u2029]*)?
    (?=[\n\u2028\u2029]|\Z)
    """,
    re.VERBOSE,
)
_OUTER_QUOTES = re.compile(r"\A(['\"`])(.*)\1\Z", re.DOTALL)


def parse_dotenv(text: str) -> dict[str, str]:
    r"""Read variables; the last of two equal names wins.

    Only a value in double quotes has escapes, and only `\n` and `\r`.
    """
    variables: dict[str, str] = {}
    for found in _LINE.finditer(text.replace("\r\n", "\n").replace("\r", "\n")):
        name, written = found.groups()
        value = trim(written or "")
        is_escaped = value.startswith('"')
        value = _OUTER_QUOTES.sub(r"\2", value)
        if is_escaped:
            value = value.replace("\\n", "\n").replace("\\r", "\r")
        variables[name] = value
    return variables
