"""The runtimes that the sandbox can run: takes a function, gives its way to start."""

from dataclasses import dataclass
from pathlib import Path

from sandbox.exchange import Unavailable
from sandbox.project.model import Function
from sandbox.project.runtimes import (
    NODE_HANDLERS,
    PYTHON_HANDLERS,
    may_be_a_plugins,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One family of Lambda runtimes."""

    title: str
    handler_names: tuple[str, ...]
    """File names that hold a handler, the first that is there wins."""
    created_name: str
    """The file name to recommend."""
    program: str | None
    """What must be on PATH; None is the sandbox's own interpreter."""
    typed_names: tuple[str, ...] = ()
    """Names of handlers that a compiler must turn into one of these first."""
    bootstrap: Path | None = None
    """The worker's side of the wire, which the program runs."""
    debugger_flag: str = ""
    """What has the program listen for a debugger, up to the port."""

    def debugger_flags(self, port: int | None) -> tuple[str, ...]:
        """Give the program's arguments for a debugger at `port`; None is without."""
        return () if port is None else (f"{self.debugger_flag}127.0.0.1:{port}",)


_RUNTIMES = Path(__file__).parent / "runtimes"

LANGUAGES = {
    "python": Language(
        title="Python",
        handler_names=PYTHON_HANDLERS,
        created_name="index.py",
        program=None,
    ),
    "nodejs": Language(
        title="Node.js",
        handler_names=NODE_HANDLERS,
        created_name="index.mjs",
        typed_names=("index.ts", "index.mts", "index.cts", "index.tsx"),
        program="node",
        bootstrap=_RUNTIMES / "node" / "main.mjs",
        debugger_flag="--inspect=",
    ),
}
"""By the name of a Lambda runtime without its version."""


def language_of(function: Function) -> Language | Unavailable:
    """Give the language of a function, or say that it cannot run here."""
    language = LANGUAGES.get(function.language)
    if language is not None:
        return language
    runtime = function.config.runtime
    known = " and ".join(language.title for language in LANGUAGES.values())
    return Unavailable(
        message=(
            f'The runtime "{runtime}" of {_named(function)} does not run in the '
            "sandbox."
        ),
        remedy=(
            f"Only a plugin can bring it, and the sandbox runs none: build it for one "
            f"of {known}, and set that runtime."
            if may_be_a_plugins(runtime)
            else f"The sandbox runs {known} handlers; the others run on AWS only."
        ),
    )


def _named(function: Function) -> str:
    """Give what the manifest calls a function: a route by itself says what it is."""
    pragma = "" if function.pragma == "http" else f"@{function.pragma} "
    return f'{pragma}"{function.name}"'


def handler_file_of(function: Function, language: Language) -> Path | Unavailable:
    """Give the file to load as the disk has it now, or say which one is missing."""
    for name in language.handler_names:
        file = function.folder / name
        if file.is_file():
            return file
    if function.handler_file.is_file():
        return function.handler_file
    typed = [
        name for name in language.typed_names if (function.folder / name).is_file()
    ]
    if typed:
        return Unavailable(
            message=f'{_named(function)} has no handler but "{typed[0]}".',
            remedy=(
                f"Neither Lambda nor the sandbox runs TypeScript: compile it to "
                f'"{language.created_name}" in "{function.folder}".'
            ),
        )
    expected = function.folder / language.created_name
    return Unavailable(
        message=f'{_named(function)} has no handler: "{expected}" is not there.',
        remedy=(
            f"Create it with a function `{function.handler_method}`; "
            f"the names looked for are {', '.join(language.handler_names)}."
        ),
    )
