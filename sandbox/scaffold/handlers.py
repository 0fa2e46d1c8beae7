"""Takes a function, gives the text of its first handler.

Pure. One needs nothing that is not there, and does as little as can be seen working.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from sandbox.project.model import Function

_PYTHON_HTTP = '''"""{name}"""

import json


{head}(event, context):
    return {{
        "statusCode": 200,
        "headers": {{"content-type": "application/json", "cache-control": "no-store"}},
        "body": json.dumps({{"hello": {name_literal}}}),
    }}
'''
_PYTHON_PAGE = '''"""{name}"""

PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{name}</title></head>
<body><h1>{name}</h1></body>
</html>
"""


{head}(event, context):
    return {{
        "statusCode": 200,
        "headers": {{
            "content-type": "text/html; charset=utf-8",
            "cache-control": "no-store",
        }},
        "body": PAGE,
    }}
'''
_PYTHON_RECORDS = '''"""{name}"""

import json


{head}(event, context):
    for record in event["Records"]:
        print(json.dumps(record))
'''
_PYTHON_ANY = '''"""{name}"""

import json


{head}(event, context):
    print(json.dumps(event))
'''
_PYTHON_WS = '''"""{name}"""


{head}(event, context):
    return {{"statusCode": 200}}
'''
_NODE_HTTP = """// {name}
{head} (event) {{
  return {{
    statusCode: 200,
    headers: {{ 'content-type': 'application/json', 'cache-control': 'no-store' }},
    body: JSON.stringify({{ hello: {name_literal} }}),
  }}
}}
"""
_NODE_PAGE = """// {name}
const page = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{name}</title></head>
<body><h1>{name}</h1></body>
</html>
`

{head} (event) {{
  return {{
    statusCode: 200,
    headers: {{
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
    }},
    body: page,
  }}
}}
"""
_NODE_RECORDS = """// {name}
{head} (event) {{
  for (const record of event.Records) {{
    console.log(JSON.stringify(record))
  }}
}}
"""
_NODE_ANY = """// {name}
{head} (event) {{
  console.log(JSON.stringify(event))
}}
"""
_NODE_WS = """// {name}
{head} (event) {{
  return {{ statusCode: 200 }}
}}
"""
_TEXTS: Mapping[str, Mapping[str, str]] = {
    "python": {
        "page": _PYTHON_PAGE,
        "http": _PYTHON_HTTP,
        "events": _PYTHON_RECORDS,
        "queues": _PYTHON_RECORDS,
        "tables-streams": _PYTHON_RECORDS,
        "ws": _PYTHON_WS,
        "any": _PYTHON_ANY,
    },
    "nodejs": {
        "page": _NODE_PAGE,
        "http": _NODE_HTTP,
        "events": _NODE_RECORDS,
        "queues": _NODE_RECORDS,
        "tables-streams": _NODE_RECORDS,
        "ws": _NODE_WS,
        "any": _NODE_ANY,
    },
}
KNOWN_LANGUAGES = frozenset(_TEXTS)


def handler_text(function: Function, *, is_module: Callable[[Path], bool]) -> str:
    """Give the text of a first handler for `function`.

    Args:
        function: in one of `KNOWN_LANGUAGES`.
        is_module: tells of a `.js` file whether Node takes it for an ES module.

    Raises:
        KeyError: its language is none of those.
    """
    texts = _TEXTS[function.language]
    return texts.get(_kind(function), texts["any"]).format(
        name=f"@{function.pragma} {function.name}",
        name_literal=json.dumps(function.name),
        head=_head(function, is_module),
    )


def _kind(function: Function) -> str:
    is_page = function.pragma == "http" and function.name.startswith(("get ", "any "))
    return "page" if is_page else function.pragma


def _head(function: Function, is_module: Callable[[Path], bool]) -> str:
    """Give what stands before the handler's parameters."""
    method, file = function.handler_method, function.handler_file
    if function.language == "python":
        return f"def {method}"
    if file.suffix == ".mjs" or (file.suffix == ".js" and is_module(file)):
        return f"export async function {method}"
    return f"exports.{method} = async function"
