"""What files import, as their text says."""

import os
from pathlib import Path

import pytest

from sandbox.wiring.imports import Import, ImportReader, node_imports, python_imports

PYTHON = b'''"""Docs: import nothing."""
import json, yaml.reader as r
from shared import db
from . import near
from ..far import thing
pattern = "\\d"

def handler(event, context):
    import late
'''


def names(text: str) -> list[str]:
    return [one.name for one in python_imports(text.encode())]


def test_a_python_module_names_its_imports(recwarn: pytest.WarningsRecorder) -> None:
    """Wherever they stand, with lines; what is in a text is none, nor is it told of."""
    found = python_imports(PYTHON)

    assert [(one.name, one.line) for one in found] == [
        ("json", 2),
        ("yaml.reader", 2),
        ("shared", 3),
        ("shared.db", 3),
        (".", 4),
        (".near", 4),
        ("..far", 5),
        ("..far.thing", 5),
        ("late", 9),
    ]
    assert not recwarn.list


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("try:\n import a\nexcept ImportError:\n import b\n", []),
        ("try:\n import a\nexcept (KeyError, ModuleNotFoundError):\n pass\n", []),
        ("try:\n import a\nexcept KeyError:\n pass\n", ["a"]),
        ("try:\n import a\nfinally:\n pass\n", ["a"]),
        ("try:\n import a\nexcept:\n pass\n", []),
        ("try:\n import a\nexcept Exception:\n pass\n", []),
        ("with suppress(ImportError):\n import a\n", []),
        ("with contextlib.suppress(KeyError, ImportError):\n import a\n", []),
        ("with suppress(KeyError):\n import a\n", ["a"]),
        ("with open(x):\n import a\n", ["a"]),
        ("if __name__ == '__main__':\n import a\n", []),
        ("if sys.version_info < (3, 11):\n import a\n", []),
        ("if sys.platform == 'win32':\n import a\n", []),
        ("if os.environ.get('ARC_ENV') == 'testing':\n import a\n", []),
        ("if not os.getenv('AWS_LAMBDA_FUNCTION_NAME'):\n import a\n", []),
        ("if importlib.util.find_spec('a'):\n import a\n", []),
        ("if TYPE_CHECKING:\n import a\n", []),
        ("if typing.TYPE_CHECKING:\n import a\n", []),
        ("if DEBUG:\n import a\n", ["a"]),
        ("X = 'Y' in os.environ\nif X:\n import a\n", []),
        ("X: str = os.getenv('Y')\ndef f():\n if not X:\n  import a\n", []),
        ("E = os.getenv('Y')\nX = E == 'y'\nif X or Z:\n import a\n", []),
        ("if X:\n import a\nX = os.getenv('Y')\n", []),
        ("if s.X:\n import a\ns.X = Z = os.getenv('Y')\n", []),
        ("if s.X:\n import a\ns.Z, s['X'] = os.getenv('Y')\n", ["a"]),
        ("def f():\n return os.getenv('Y')\nif f():\n import a\n", []),
        ("def f():\n os.getenv('Y')\n return 1\nif f():\n import a\n", ["a"]),
        ("X = 1\nif X:\n import a\nY = os.getenv('Y')\n", ["a"]),
        ("if 'pytest' in sys.modules:\n import a\n", []),
        ("if Path('.env').exists():\n import a\n", []),
        ("try:\n import a\nexcept ImportError as e:\n raise E from e\n", ["a"]),
        ("try:\n import a\nexcept Exception:\n log()\n raise\n", ["a"]),
        ("try:\n import a\nexcept Exception:\n if b: raise\n", []),
        ("import a\ndef\n", []),
        ("import a\0", []),
        ("x = " + "(" * 400 + ")" * 400, []),
    ],
)
def test_what_may_be_missing_is_left_out(text: str, expected: list[str]) -> None:
    """And nothing is known of a module that does not parse."""
    assert names(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import a from 'a'", ["a"]),
        ('import "a"; import {b} from "b/c"', ["a", "b/c"]),
        ("export * from '@s/a/b'", ["@s/a/b"]),
        ("const x = require ( 'a' ), y = await import('b')", ["a", "b"]),
        ("import {\n  a,\n  b\n} from './x.mjs'", ["./x.mjs"]),
        ("// require('a')\n/* import 'b'\n*/ require('c')", ["c"]),
        ("fetch('https://x.y'); require('a')", ["a"]),
        ("require(name); import(`a`); xrequire('b'); my.require('c')", []),
        ("Buffer.from('text'); const from = 'a'", []),
        ("x = \"copied from 'a'\"; y = `import 'b'\nfrom 'c'`", []),
        ("x = 'it\\'s from \"a\"'", []),
        ("glob('src/**/*.js'); load('//x.y/z'); require('a')", ["a"]),
        ("/^https?:\\/\\//.test(x) && require('a')", ["a"]),
        ("try { x = require('a') } catch { x = {} }\nrequire('b')", ["b"]),
        ("try {\n ({ x } = await import('a'))\n}\ncatch (e) {}", []),
        ("try { require('a') } finally { end() }", ["a"]),
        ("if (process.env.X === 'y') require('a').run()\nrequire('b')", ["b"]),
        ("if (!process.env.X) {\n require('a')({ b })\n}\nrequire('b')", ["b"]),
        ("process.env.X && require('a')\nx = process.env.X ? require('b') : {}", []),
        ("const x = process.env.X, y = require('a')", ["a"]),
        ("import type { X } from 'a'\nimport type Y from 'b'; import 'c'", ["c"]),
        ("export type { X } from 'a'\nexport type * as y from 'b'\nimport 'c'", ["c"]),
        ("export type X = { y: 1 }\nimport x from 'a'", ["a"]),
        ("import type from 'a'\nimport type, { x } from 'b'", ["a", "b"]),
        ("import { type X } from 'a'\nexport { type X } from 'b'", ["a", "b"]),
        ("import(/* webpackIgnore: true */ 'a')", ["a"]),
        ("import { x } from // why\n  'a'", ["a"]),
        ("x.replace(/`/g, ''); require('a'); y = `import 'b'`", ["a"]),
        ("x.replace(/[/\"]'/g, ''); require('a')", ["a"]),
        ("x = a / b; y = \"'\"; require('a'); z = c / d", ["a"]),
        ("`${x ? `import 'no'` : y({ z })}`; require('a')", ["a"]),
        (
            "if (process.env.X) { require('a') } else { require('b') }\nrequire('c')",
            ["c"],
        ),
        ("if (process.env.X) require('a'); else require('b')\nrequire('c')", ["c"]),
        ("if (process.env.X) { } else if (y) { require('b') }\nrequire('c')", ["c"]),
        ("if (process.env.X) y()\nelsewhere(); require('a')", ["a"]),
        ("try { require('a') } catch (e) { require('b') } require('c')", ["c"]),
        ("try { require('a') } catch (e) { throw new X(e) } require('b')", ["a", "b"]),
        ("try { if (x) { f(() => { g({ y: 1 }) }); require('a') } } catch {}", []),
        ("import('a').catch(() => {})\nawait import('b')", ["b"]),
        ("if (require.main === module) { require('a') }\nrequire('b')", ["b"]),
        ("if (import.meta.url === `file://${process.argv[1]}`) { import('a') }", []),
        ("if (process.platform === 'darwin') require('a')\nrequire('b')", ["b"]),
        ("const x = process.env.X === 'y'\nif (!x) { require('a') }", []),
        ("const x = process.platform === 'y'\nx && require('a')", []),
        ("const x = require.main === module\nif (x) { require('a') }", []),
        ("const { X, Y: y } = process.env\nif (y === 'y') require('a')", []),
        ("const x = () => process.env.X\nx() && require('a')", []),
        ("let x = process.env.X; z = x ? require('a') : b\nx2 && require('c')", ["c"]),
        ("const x = process.env.X\nif (y.x) require('a')", ["a"]),
    ],
)
def test_a_node_file_names_what_it_loads(text: str, expected: list[str]) -> None:
    """By every form that names it plainly; comments load nothing."""
    assert [one.name for one in node_imports(text.encode())] == expected


def test_lines_of_a_node_file_are_counted() -> None:
    """From 1, at the statement's beginning where that names the module."""
    found = node_imports(b"'use strict'\n\nlet a = require('a')\nimport 'b'\n")

    assert [(one.name, one.line) for one in found] == [("a", 3), ("b", 4)]


def test_what_a_node_file_hands_on_is_marked() -> None:
    """An `export … from`, in whatever form, and nothing else."""
    found = node_imports(
        b"export * from 'a'; export * as b from 'b'\nexport {\n  c\n} from 'c'\n"
        b"export const d = 1; import { d } from 'd'\nexport { x }; import e from 'e'\n"
    )

    assert [(one.name, one.line, one.is_handed_on) for one in found] == [
        ("a", 1, True),
        ("b", 1, True),
        ("c", 2, True),
        ("d", 5, False),
        ("e", 6, False),
    ]


@pytest.mark.parametrize(
    ("name", "text"), [("a.py", "import a\n#"), ("a.mjs", "import 'a'\n//")]
)
def test_what_is_very_large_is_not_read(tmp_path: Path, name: str, text: str) -> None:
    """A module of a million bytes is data, or a bundle that has what it needs."""
    file = tmp_path / name
    counts = []
    for size in (900_000, 1_000_001):
        file.write_text(text.ljust(size, "x"))
        counts.append(len(ImportReader().imports_of(file)))

    assert counts == [1, 0]


def test_an_unfinished_comment_ends_with_its_file() -> None:
    """However many more seem to begin in it: each was looked for to the end."""
    assert node_imports(b"require('a')" + b"/* require('b') " * 100_000) == (
        Import("a", 1),
    )


def test_only_code_is_read(tmp_path: Path) -> None:
    """Data that a file loads may quote code, and loads nothing."""
    file = tmp_path / "package.json"
    file.write_text("""{"scripts": {"a": "node -e require('a')"}}""")

    assert ImportReader().imports_of(file) == ()


def test_a_file_is_read_again_when_it_has_changed(tmp_path: Path) -> None:
    """And only then; one that is gone imports nothing."""
    file, reader = tmp_path / "a.py", ImportReader()
    file.write_text("import a")
    first = reader.imports_of(file)
    assert [one.name for one in first] == ["a"]
    assert reader.imports_of(file) is first

    file.write_text("import b")
    os.utime(file, ns=(1, 1))
    assert [one.name for one in reader.imports_of(file)] == ["b"]

    file.unlink()
    assert reader.imports_of(file) == ()
