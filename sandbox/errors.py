"""The error tree, the exit codes, and what each error tells a developer.

::

    SandboxError                    what arc-sandbox says no to; shown without traceback
    ├── AppError                    the app is wrong; exit code 2
    │   ├── ManifestSyntaxError     a text that does not parse: file, line, caret
    │   ├── ProjectError            all problems found in a folder, each a `Problem`
    │   └── SeedError               sandbox-seed.* cannot be loaded
    └── WorldError                  the machine said no; exit code 1
        ├── PortInUseError          an address that was asked for is taken
        ├── StorageError            what is kept on disk cannot be read or written
        └── RuntimeMissingError     a program that a seed file needs is not installed

A module that has a subject of its own may add a leaf: `SessionSettingsError`.
A handler's failure is never one of these: it is an `exchange.Outcome`. An exception
that is not a `SandboxError` is a bug of ours, and only that shows a traceback.
"""

import errno
from dataclasses import dataclass

EXIT_WORLD_FAILED = 1
EXIT_APP_IS_WRONG = 2

RAISE_FILE_LIMIT = "Raise the limit, for example with: ulimit -n 1024"
"""The remedy for a shortage of files."""
_TOO_MANY_FILES = frozenset((errno.EMFILE, errno.ENFILE))
_NO_ROOM = frozenset((errno.ENOSPC, errno.EDQUOT))


def is_file_shortage(error: Exception) -> bool:
    """Tell whether nothing can be opened, as the process or the machine has enough."""
    return isinstance(error, OSError) and error.errno in _TOO_MANY_FILES


def writing_remedy(error: Exception, otherwise: str) -> str:
    """Give what to do about a file that cannot be written."""
    is_full = isinstance(error, OSError) and error.errno in _NO_ROOM
    return "Make room on that disk." if is_full else otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLocation:
    """A place in a text file that a person can go to."""

    file: str
    """Path as the developer would type it, relative to the project where possible."""
    line: int
    """Counted from 1."""
    column: int = 1
    """Counted from 1, in characters."""
    source_line: str = ""
    """The line itself, without its line end."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    def caret(self) -> str:
        """Give the source line and, under it, a caret at the column."""
        indent = "".join(
            "\t" if c == "\t" else " " for c in self.source_line[: self.column - 1]
        )
        return f"    {self.source_line}\n    {indent}^"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong in an app: the fact, where it is, and what to do."""

    message: str
    remedy: str = ""
    location: SourceLocation | None = None

    def __str__(self) -> str:
        where = f"{self.location}: " if self.location else ""
        text = f"{where}{self.message}"
        if self.location and self.location.source_line:
            text += f"\n{self.location.caret()}"
        return f"{text}\n{self.remedy}" if self.remedy else text


class SandboxError(Exception):
    """A fact that ends in a full stop, and a remedy.

    Args:
        message: the fact, with the offending value in quotes.
        remedy: what to do about it; may be empty where the fact says it.
    """

    exit_code = EXIT_WORLD_FAILED

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.problems: tuple[Problem, ...] = (Problem(message=message, remedy=remedy),)
        """What is wrong, each thing by itself."""

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class AppError(SandboxError):
    """Something in the app's own folder is wrong, and its developer can fix it."""

    exit_code = EXIT_APP_IS_WRONG


class WorldError(SandboxError):
    """The machine, not the app, refused something."""


class ManifestSyntaxError(AppError):
    """A manifest, preferences or configuration text that does not parse."""

    def __init__(
        self, message: str, *, location: SourceLocation, remedy: str = ""
    ) -> None:
        super().__init__(message, remedy=remedy)
        self.location = location
        self.problems = (Problem(message=message, remedy=remedy, location=location),)

    def __str__(self) -> str:
        return str(self.problems[0])


class ProjectError(AppError):
    """All problems of a project, found together and raised once."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class SeedError(AppError):
    """The seed file cannot be read, or names a table the manifest lacks."""


class PortInUseError(WorldError):
    """An address that was asked for by name is held by another process."""

    def __init__(self, host: str, port: int, *, remedy: str = "") -> None:
        super().__init__(f'Port {port} on "{host}" is already in use.', remedy=remedy)
        self.host = host
        self.port = port


class StorageError(WorldError):
    """A file outside the app's folder cannot be read, written or held."""


class RuntimeMissingError(WorldError):
    """A program that runs a seed file (for example `node`) is not on the PATH.

    For a function that lacks one, see `exchange.Unavailable`.
    """
