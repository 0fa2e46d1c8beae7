"""Lambda runtimes: aliases, names that exist, and the file that holds a handler."""

import re
from collections.abc import Sequence
from types import MappingProxyType
from typing import NamedTuple

DEFAULT_RUNTIME = "nodejs22.x"
_ALIASES = {
    "python": "python3.12",
    "py": "python3.12",
    "node": "nodejs20.x",
    "nodejs": "nodejs20.x",
    "node.js": "nodejs20.x",
    "ruby": "ruby3.3",
    "rb": "ruby3.3",
    "java": "java21",
    "dotnet": "dotnet8",
    ".net": "dotnet8",
    "custom": "provided.al2023",
}
_NAMES = frozenset(
    (
        *(f"python3.{minor}" for minor in range(9, 15)),
        *("nodejs20.x", "nodejs22.x", "nodejs24.x"),
        *("ruby3.2", "ruby3.3"),
        *("java8.al2", "java11", "java17", "java21"),
        *("dotnet8", "provided.al2", "provided.al2023", "deno"),
    )
)

NODE_HANDLERS = ("index.js", "index.mjs", "index.cjs")
PYTHON_HANDLERS = ("lambda.py", "handler.py", "index.py")
_RUBY_HANDLERS = ("lambda.rb", "handler.rb", "index.rb")
_DENO_HANDLERS = ("mod.ts", "mod.js", "mod.tsx", "index.ts", "index.js", "index.tsx")
HANDLER_FILES = tuple(
    dict.fromkeys((*NODE_HANDLERS, *PYTHON_HANDLERS, *_RUBY_HANDLERS, *_DENO_HANDLERS))
)
"""Every file name that can hold a handler, whatever the runtime."""
_LANGUAGE = re.compile(r"[a-z]+")
_PYTHON = re.compile(r"python(\d+)\.(\d+)")
_VERSION = re.compile(r"[a-z]+([0-9]{1,9}(?:\.[0-9]{1,9})*)")


def language(runtime: str) -> str:
    """Give a runtime without its version: `python`, `nodejs`, `java`, `provided`, …."""
    found = _LANGUAGE.match(runtime)
    return found[0] if found else runtime


def python_version(runtime: str) -> tuple[int, int] | None:
    """Give the version in `python3.12`; None for other runtimes."""
    found = _PYTHON.fullmatch(runtime)
    return (int(found[1]), int(found[2])) if found else None


def alias_of(runtime: str) -> str | None:
    """Give the real name that a short name such as `py` stands for, in any case."""
    return _ALIASES.get(runtime.lower())


def exists(runtime: object) -> bool:
    """Tell whether Lambda has a runtime of this very name."""
    return isinstance(runtime, str) and runtime in _NAMES


def may_be_a_plugins(runtime: object) -> bool:
    """Tell whether a plugin may have made this name (`set.runtimes`).

    Not where it begins as Lambda's do: `nodejs16.x` is no plugin's but retired.
    """
    return (
        isinstance(runtime, str)
        and bool(runtime)
        and language(runtime) not in map(language, _NAMES)
    )


def known() -> Sequence[str]:
    """Give every runtime's name, in order."""
    return sorted(_NAMES)


def remedy_for(runtime: object) -> str:
    """Say what to write in place of a name that Lambda does not have."""
    alike = [
        name
        for name in _NAMES
        if isinstance(runtime, str) and language(name) == language(runtime)
    ]
    alike.sort(key=lambda name: (_version(name), name))
    if not alike:
        return f"Write one of: {' '.join(known())}."
    is_retired = () < _version(str(runtime)) < _version(alike[0])
    remedy = f"Write {alike[0]}."
    if len(alike) > 1:
        remedy = f"Write {', '.join(alike[:-1])} or {alike[-1]}."
    return f"AWS has retired it. {remedy}" if is_retired else remedy


def _version(runtime: str) -> tuple[int, ...]:
    """Give the numbers that follow the language: (3, 12) of `python3.12`."""
    found = _VERSION.match(runtime)
    return tuple(map(int, found[1].split("."))) if found else ()


_OF_ONE_SYSTEM = MappingProxyType({"index.mjs": "esm", "index.cjs": "cjs"})


class HandlerFile(NamedTuple):
    """Where a handler is expected."""

    name: str
    """The file, relative to its function's folder."""
    module_system: str | None = None
    """`esm` or `cjs` for Node, else None."""


def handler_file(
    runtime: str, configured: str, present: Sequence[str], package_type: str | None
) -> HandlerFile:
    """Choose the file that holds the handler.

    Args:
        runtime: the runtime's real name.
        configured: the file part of the `handler` setting; only Node without an
            index file, and compiled runtimes, follow it.
        present: the files of `HANDLER_FILES` that the folder has.
        package_type: what the folder's package.json says, `module` or `commonjs`;
            None where there is no package.json.
    """
    if runtime.startswith("node"):
        return _node_handler(configured, present, package_type)
    for prefix, candidates in (
        ("python", PYTHON_HANDLERS),
        ("ruby", _RUBY_HANDLERS),
        ("deno", _DENO_HANDLERS),
    ):
        if runtime.startswith(prefix):
            return HandlerFile(
                next((name for name in candidates if name in present), candidates[0])
            )
    return HandlerFile(configured)


def asks_package(runtime: str, present: Sequence[str]) -> bool:
    """Tell whether a package.json says how the handler's file is read.

    A file's own extension does, where it is `.mjs` or `.cjs`.
    """
    found = _node_index(present)
    return runtime.startswith("node") and found not in _OF_ONE_SYSTEM


def _node_index(present: Sequence[str]) -> str | None:
    return next((name for name in NODE_HANDLERS if name in present), None)


def _node_handler(
    configured: str, present: Sequence[str], package_type: str | None
) -> HandlerFile:
    found = _node_index(present)
    if found is not None and found in _OF_ONE_SYSTEM:
        return HandlerFile(found, _OF_ONE_SYSTEM[found])
    if package_type is not None:
        system = "esm" if package_type == "module" else "cjs"
        return HandlerFile(found or f"{configured}.js", system)
    if found:
        return HandlerFile(found, "cjs")
    return HandlerFile(f"{configured}.mjs", "esm")
