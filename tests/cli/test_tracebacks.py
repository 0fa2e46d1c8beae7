"""Tracebacks cut down to the developer's frames."""

from pathlib import Path

import pytest

from sandbox.cli.tracebacks import trim_traceback

ROOT = Path("/app")
PYTHON = """Traceback (most recent call last):
  File "/app/src/http/get-index/index.py", line 5, in handler
    return json.loads(text)
           ^^^^^^^^^^^^^^^^
  File "/usr/lib/python3.11/json/__init__.py", line 346, in loads
    return _default_decoder.decode(s)
           ^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "/app/node_modules/x/y.py", line 1, in z
    z()
  [Previous line repeated 996 more times]
json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)
"""
PYTHON_TRIMMED = """Traceback (most recent call last):
  File "/app/src/http/get-index/index.py", line 5, in handler
    return json.loads(text)
           ^^^^^^^^^^^^^^^^
json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)
(2 frames of libraries left out: --full-tracebacks shows all)"""
NODE = """TypeError: x is not a function
    at handler (file:///app/src/http/get-index/index.mjs:3:9)
    at new Promise (<anonymous>)
    at run (/app/node_modules/lib/a.js:1:2)
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)
    at /app/src/shared/b.js:7:1"""
NODE_TRIMMED = """TypeError: x is not a function
    at handler (file:///app/src/http/get-index/index.mjs:3:9)
    at /app/src/shared/b.js:7:1
(3 frames of libraries left out: --full-tracebacks shows all)"""
NODE_CARRYING = """Error: connect ECONNREFUSED
    at handler (/app/src/http/get-index/index.js:3:9)
    at afterConnect (node:net:1611:16) {
  code: 'ECONNREFUSED'
}"""
NODE_CARRYING_TRIMMED = """Error: connect ECONNREFUSED
    at handler (/app/src/http/get-index/index.js:3:9) {
  code: 'ECONNREFUSED'
}
(1 frame of libraries left out: --full-tracebacks shows all)"""
NODE_FOREIGN = """Error: Cannot find module 'x'
    at Module._resolveFilename (node:internal/modules/cjs/loader:1207:15)
    at Object.<anonymous> (/app/node_modules/lib/a.js:1:11)
    at Module._compile (node:internal/modules/cjs/loader:1521:14)"""
NODE_FOREIGN_TRIMMED = """Error: Cannot find module 'x'
    at Object.<anonymous> (/app/node_modules/lib/a.js:1:11)
(2 frames of libraries left out: --full-tracebacks shows all)"""
NODE_INTERNAL = """Error: connect ECONNREFUSED
    at afterConnect (node:net:1611:16)"""
SYNTAX = """  File "/app/src/http/get-index/index.py", line 2
    retrun 1
           ^
SyntaxError: invalid syntax"""
FOREIGN = """Traceback (most recent call last):
  File "/usr/lib/python3.11/x.py", line 1, in f
    g()
ValueError: no frame of the app's"""
GROUP = f"""  + Exception Group Traceback (most recent call last):
  |   File "/app/a.py", line 1, in f
  | ExceptionGroup: two
{PYTHON}"""
CHAINED = f"{PYTHON}\nDuring handling of the above, another:\n\n{PYTHON}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (PYTHON, PYTHON_TRIMMED),
        (NODE, NODE_TRIMMED),
        (NODE_CARRYING, NODE_CARRYING_TRIMMED),
        (NODE_FOREIGN, NODE_FOREIGN_TRIMMED),
        (NODE_INTERNAL, NODE_INTERNAL),
        (SYNTAX, SYNTAX),
        (FOREIGN, FOREIGN),
        (GROUP, GROUP),
        ("Timed out after 5 seconds.", "Timed out after 5 seconds."),
        ("", ""),
    ],
)
def test_trim_traceback_keeps_the_apps_own_frames(text: str, expected: str) -> None:
    """And the message; what has none of them stays whole."""
    assert trim_traceback(text, ROOT) == expected


def test_trim_traceback_reads_the_address_of_a_module() -> None:
    """An ES module's frame has its file's URL, in which a space is %20."""
    text = NODE.replace("file:///app", "file:///my%20app").replace("/app/", "/my app/")

    trimmed = trim_traceback(text, Path("/my app"))

    assert "file:///my%20app/src/http/get-index/index.mjs:3:9" in trimmed
    assert "(3 frames of libraries" in trimmed


def test_trim_traceback_keeps_the_links_of_a_chain() -> None:
    """Each exception with its own frames, and the words between them."""
    trimmed = trim_traceback(CHAINED, ROOT)

    assert trimmed.count("in handler") == 2
    assert "During handling of the above, another:" in trimmed
    assert "(4 frames of libraries" in trimmed
    assert "/usr/lib" not in trimmed


def test_trim_traceback_counts_one_frame_as_one() -> None:
    """Words agree with the number."""
    text = FOREIGN.replace("ValueError", SYNTAX.replace("line 2", "line 2, in f"))

    assert "(1 frame of libraries left out" in trim_traceback(text, ROOT)
