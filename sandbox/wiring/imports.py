"""A file of the app's code → what it imports, as its text says; nothing is run.

Only what a person has written plainly is found: `importlib.import_module(name)` and
`import(name)` name what only runs will tell.
"""

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

_Stamp: TypeAlias = tuple[int, int]
"""When a file was last written, in nanoseconds, and its size in bytes."""

_BLOCK = r"\{[^{}]*+\}"
for _ in range(5):  # as deep as blocks are written by hand
    _BLOCK = rf"\{{(?:[^{{}}]++|{_BLOCK})*+\}}"
_STRING = r"""(?:'(?:[^'\\\n]++|\\.)*+'|"(?:[^"\\\n]++|\\.)*+")"""
_GAP = r"(?:\s++|/\*[^*]*+\*/|//[^\n]*+\n)*+"
_REST_OF_LINE = r"(?:[^{};\n$]++|\$\{[^{}\n]*+\}|\$)*+"
_NODE_PLACE = (
    r"\bprocess\.(?:env|platform|arch|argv)\b"
    r"|\brequire\.main\b|\bimport\.meta\.(?:url|main)\b"
)
"""What a Node condition asks that holds on one machine and not on another."""
_NODE_LOADS = (
    r"(?<![:\\])//[^\n]*"  # comments first, so that nothing in them counts
    r"|/\*.*?(?:\*/|\Z)"
    # What may be missing: a `try` that catches, what stands under a condition.
    rf"|\btry\s*{_BLOCK}\s*catch\b\s*+(?:\([^()]*\)\s*)?+(?!\{{\s*throw\b)(?:{_BLOCK})?"
    rf"|\bif\s*\([^{{}};\n]{{0,200}}?(?:PLACE){_REST_OF_LINE}(?:{_BLOCK})?"
    rf"(?:;?\s*else\b{_REST_OF_LINE}(?:{_BLOCK})?)*+"
    r"|(?:PLACE)[^;\n]{0,200}?(?:&&|\|\||\?)[^;\n]*+"
    rf"|\bimport\s*\({_GAP}{_STRING}\s*\)\s*\.catch\b"
    # What TypeScript's compilers, and Node, take out.
    r"|\b(?:import|export)\s+type\s+(?:\{[^{}]*\}|\*(?:\s*as\s+[\w$]+)?|[\w$]+)\s*from\s*"
    rf"{_STRING}"
    r"|(?<![\w$.])(?:require\s*\(|import\s*\(|import\b|from\b"
    rf"|(?P<handed_on>export\s*(?:\{{[^{{}}]*\}}|\*(?:\s*as\b[^'\"\n]*?)?)\s*from\b)){_GAP}"
    r"(?P<quote>['\"])(?P<name>[^'\"\n]+)(?P=quote)"
    # And what is only text, or a regular expression.
    rf"|{_STRING}"
    r"|`(?:[^`\\$]++|\\.|\$\{(?:[^`{}]++|`[^`]*+`|\{[^{}]*+\})*+\}|\$)*+`"
    r"|/(?:(?<![^(,=:\[!&|?;{}\n]/)|(?<=[(,=:\[!&|?;{}] /)|(?<=\breturn /))(?![/*])"
    r"(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.){0,200}+\]){1,500}+/"
)
_NODE_SETS = re.compile(
    r"\b(?:const|let|var)\s+(?P<name>[\w$]+)\s*=(?P<value>[^;\n]{1,200})"
    r"|\bfunction\s+(?P<function>[\w$]+)\s*\([^()]*\)\s*\{\s*return\b(?P<returns>[^;\n]+)"
    r"|\b(?:const|let|var)\s*\{(?P<members>[^{}]*)\}\s*=\s*process\.env\b"
)
_NODE_NAME = re.compile(r"(?<![\w$.])[\w$]+")
_NODE_MEMBER = re.compile(r"[\w$]+(?=\s*(?:[,=]|\Z))")
_MOST_BYTES_READ = 1_000_000
"""A larger module is data, or bundled with what it loads. The tree of Python takes a
hundred times that in memory; of Node's code a megabyte takes a third of a second."""
_NODE_CODE = frozenset((".js", ".mjs", ".cjs", ".ts", ".mts", ".cts"))
_CATCHES_MISSING = frozenset(
    ("ImportError", "ModuleNotFoundError", "Exception", "BaseException")
)
_TELLS_PLACES_APART = frozenset(
    (
        *("TYPE_CHECKING", "__name__", "version_info", "platform"),
        *("environ", "getenv", "find_spec", "modules", "exists", "is_file", "isfile"),
    )
)
"""What a condition asks that holds on one machine, or Python, and not on another."""
_IMPORTS = (ast.Import, ast.ImportFrom)


@dataclass(frozen=True, slots=True)
class Import:
    """One name that a file imports, and the line that does, counted from 1."""

    name: str
    """As written: `requests`, `.models`, `shared.db`; `@scope/name/part`, `./x.mjs`."""
    line: int
    is_handed_on: bool = False
    """By `export … from`, which `arc deploy` does not look at."""


class ImportReader:
    """Reads the imports of files, each again only when it has changed.

    Safe between threads: at worst, two read one file.
    """

    def __init__(self) -> None:
        self._known: dict[Path, tuple[_Stamp, tuple[Import, ...]]] = {}

    def imports_of(self, file: Path) -> tuple[Import, ...]:
        """Give what a file imports; nothing where it cannot be read or parsed."""
        try:
            status = file.stat()
            stamp = (status.st_mtime_ns, status.st_size)
            known = self._known.get(file)
            if known is not None and known[0] == stamp:
                return known[1]
            text = file.read_bytes()
        except OSError:
            return ()
        imports = _imports_in(text, suffix=file.suffix)
        self._known[file] = stamp, imports
        return imports


def _imports_in(text: bytes, *, suffix: str) -> tuple[Import, ...]:
    if len(text) > _MOST_BYTES_READ:
        return ()
    if suffix == ".py":
        return python_imports(text)
    return node_imports(text) if suffix in _NODE_CODE else ()


def python_imports(text: bytes) -> tuple[Import, ...]:
    """Give what a Python module needs; what `from a import b` names, also as `a.b`.

    Left out is what may be missing: in a `try` or `suppress` that catches ImportError,
    and does not end by raising, or under a condition that tells places apart, such as
    `if __name__ == "__main__"`, or `if LOCAL` after `LOCAL = os.getenv(…)`.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of "\d" and the like, which loading tells
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    found = _NeededImports(tree)
    found.visit(tree)
    return tuple(found.imports)


def node_imports(text: bytes) -> tuple[Import, ...]:
    """Give what a JavaScript file loads by `import`, `export … from` or `require`.

    Left out is what may be missing: in a `try` that catches, or under a condition that
    tells places apart, such as `process.env` or what that has set. So are types:
    `import type`, but not `import { type … }`, of which Node leaves `import {}`.
    """
    code = text.decode("utf-8", "replace")
    imports, line, counted = [], 1, 0
    for found in _pattern_of_loads(code).finditer(code):
        if found["name"]:
            line += code.count("\n", counted, found.start())
            counted = found.start()
            is_handed_on = found["handed_on"] is not None
            imports.append(Import(found["name"], line, is_handed_on))
    return tuple(imports)


def _pattern_of_loads(code: str) -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, _answers_of_node(code))))
    place = rf"{_NODE_PLACE}|(?<![\w$.])(?:{names})(?![\w$])" if names else _NODE_PLACE
    return re.compile(_NODE_LOADS.replace("PLACE", place), re.DOTALL)


def _answers_of_node(code: str) -> set[str]:
    """Give the names of what is set, or returned, by what tells places apart."""
    names = set[str]()
    if re.search(_NODE_PLACE, code) is None:
        return names
    for found in _NODE_SETS.finditer(code):
        if found["members"] is not None:
            names.update(_NODE_MEMBER.findall(found["members"]))
            continue
        value = found["value"] or found["returns"]
        asks = re.search(_NODE_PLACE, value) is not None
        if asks or not names.isdisjoint(_NODE_NAME.findall(value)):
            names.add(found["name"] or found["function"])
    return names


class _NeededImports(ast.NodeVisitor):
    def __init__(self, tree: ast.Module) -> None:
        self.imports: list[Import] = []
        self._tree = tree

    def visit_Import(self, node: ast.Import) -> None:
        self.imports += (Import(alias.name, node.lineno) for alias in node.names)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = "." * node.level + (node.module or "")
        self.imports.append(Import(module, node.lineno))
        joint = "" if module.endswith(".") else "."
        self.imports += (
            Import(f"{module}{joint}{alias.name}", node.lineno) for alias in node.names
        )

    def visit_Try(self, node: ast.Try) -> None:
        if not any(_catches_missing(handler) for handler in node.handlers):
            self.generic_visit(node)

    def visit_With(self, node: ast.With) -> None:
        managers = {
            name for item in node.items for name in _names_in(item.context_expr)
        }
        if "suppress" not in managers or _CATCHES_MISSING.isdisjoint(managers):
            self.generic_visit(node)

    def visit_If(self, node: ast.If) -> None:
        if not any(isinstance(part, _IMPORTS) for part in ast.walk(node)):
            return  # most, and then no more is asked
        asked = _names_in(node.test)
        if _TELLS_PLACES_APART.isdisjoint(asked) and self._answers.isdisjoint(asked):
            self.generic_visit(node)

    @cached_property
    def _answers(self) -> set[str]:
        """Names of what tells places apart, and of what that sets or returns."""
        found = set(_TELLS_PLACES_APART)
        for node in ast.walk(self._tree):
            if not found.isdisjoint(_names_in(_value_of(node))):
                found.update(_names_given(node))
        return found


def _value_of(node: ast.AST) -> ast.AST:
    """Give what an assignment sets, and a function returns; of all else, nothing."""
    match node:
        case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
            return value
        case ast.FunctionDef(body=[*_, ast.Return(value=ast.expr() as value)]):
            return value
    return ast.Pass()


def _names_given(node: ast.AST) -> Iterator[str]:
    """Give the names that such a value then has, of attributes the last part."""
    match node:
        case ast.Assign(targets=targets):
            for target in targets:
                yield from _names_given(target)
        case ast.AnnAssign(target=target):
            yield from _names_given(target)
        case ast.FunctionDef(name=name) | ast.Name(id=name) | ast.Attribute(attr=name):
            yield name


def _catches_missing(handler: ast.ExceptHandler) -> bool:
    if isinstance(handler.body[-1], ast.Raise):
        return False
    if handler.type is None:
        return True
    return not _CATCHES_MISSING.isdisjoint(_names_in(handler.type))


def _names_in(node: ast.AST) -> set[str]:
    """Give the names in an expression, of attributes the last part."""
    found = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            found.add(part.id)
        elif isinstance(part, ast.Attribute):
            found.add(part.attr)
    return found
