"""Which app a test runs against: takes configuration and marks, gives a choice."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.errors import AppError
from sandbox.project.load import MANIFEST_FILES, load_project
from sandbox.workers.environment import RESERVED_NAMES

_KEYWORDS = ("app", "env", "persist")


@dataclass(frozen=True, slots=True, kw_only=True)
class AppChoice:
    """What tells one running sandbox from another."""

    root: Path
    """The app's folder, absolute."""
    environment: tuple[tuple[str, str], ...] = ()
    """Variables beside those of `.env`, sorted by name."""
    persist: bool = False
    """True where a test finds the rows that the one before it left."""


def mark_keywords(
    arguments: Sequence[object], keywords: Mapping[str, Any]
) -> dict[str, Any]:
    """Give what an `arc` mark says by keyword, as a function takes its arguments."""
    names = (*_KEYWORDS, *(f"#{n}" for n in range(len(_KEYWORDS), len(arguments))))
    return {**dict(zip(names, arguments, strict=False)), **keywords}


def choose_app(
    marks: Iterable[Mapping[str, Any]],
    *,
    call: Mapping[str, Any] | None = None,
    rootdir: Path,
    configured: object,
) -> AppChoice:
    """Give the choice for one test.

    Args:
        marks: the keywords of its `arc` marks, the furthest first: nearer ones win,
            and their variables add up.
        call: what a factory was called with, as if it were the nearest mark.
        rootdir: what relative paths start from.
        configured: the folder that the command line or the ini file names; empty for
            `rootdir` itself. A TOML file may name what is no text, which is refused.

    Raises:
        AppError: there is no such app, or a mark or the call says what it cannot.
    """
    if not isinstance(configured, str):
        raise AppError(
            f"arc_app in the ini file is {configured!r}.",
            remedy="Write one folder in quotes, the one that holds app.arc.",
        )
    app: str | Path = configured
    environment: dict[str, str] = {}
    persist = False
    said = [("The mark arc", mark) for mark in marks]
    said += [("The call", call)] if call is not None else []
    for who, mark in said:
        _check(mark, who)
        app = app if mark.get("app") is None else mark["app"]
        environment |= mark.get("env") or {}
        persist = persist if mark.get("persist") is None else mark["persist"]
    return AppChoice(
        root=_find(app, rootdir),
        environment=tuple(sorted(environment.items())),
        persist=persist,
    )


def _find(app: str | Path, rootdir: Path) -> Path:
    root = _folder(rootdir / app)
    if root is None:
        raise AppError(
            f'"{app}" is not a folder: it is looked for in "{rootdir}".',
            remedy="Name the folder that holds app.arc.",
        )
    if not app and not _has_manifest(root):
        raise AppError(
            f'There is no Architect app in "{root}".',
            remedy="Name its folder: arc_app in the ini file, --arc-app on the "
            'command line, or @pytest.mark.arc(app="…") on the test.',
        )
    return root


def _folder(path: Path) -> Path | None:
    """Give a folder, or that of a file; None where no disk has such a path."""
    try:
        found = path.resolve()
        found = found.parent if found.is_file() else found
        return found if found.is_dir() else None
    except (OSError, ValueError, RuntimeError):  # too long, a NUL, a loop of links
        return None


def _has_manifest(root: Path) -> bool:
    """Look for a manifest at each test, so most often without reading one."""
    if any((root / name).exists() for name in MANIFEST_FILES):
        return True
    return load_project(root, home=None, environ={}).manifest_file is not None


def _check(mark: Mapping[str, Any], who: str) -> None:
    """Refuse what `who`, the beginning of a sentence, cannot say."""
    unknown = [name for name in mark if name not in _KEYWORDS]
    if unknown:
        raise AppError(
            f'{who} has no argument "{unknown[0]}".',
            remedy=f"It takes {', '.join(_KEYWORDS)}.",
        )
    app, variables = mark.get("app"), mark.get("env")
    if app is not None and not isinstance(app, str | Path):
        raise AppError(
            f"{who} names the app {app!r}.",
            remedy="Name its folder, as a string or a Path.",
        )
    if variables is not None and not isinstance(variables, Mapping):
        raise AppError(
            f"{who} has the variables {variables!r}.",
            remedy='Give them by name: env={"NAME": "value"}.',
        )
    for name, value in (variables or {}).items():
        _check_variable(name, value, who)
    persist = mark.get("persist")
    if persist is not None and not isinstance(persist, bool):
        raise AppError(
            f"{who} has persist={persist!r}.",
            remedy="Write True, and rows stay from test to test, or False.",
        )


def _check_variable(name: object, value: object, who: str) -> None:
    if not isinstance(name, str) or not name or "=" in name or not _is_passable(name):
        raise AppError(
            f"{who} sets a variable with the name {name!r}.",
            remedy='A name is a string that is not empty, without "=" and without NUL.',
        )
    if not isinstance(value, str):
        raise AppError(
            f'{who} sets the variable "{name}" to {value!r}.',
            remedy="Variables are strings: put the value in quotes.",
        )
    if not _is_passable(value):
        raise AppError(
            f'{who} sets the variable "{name}" to {value!r}.',
            remedy="No process can be given that: leave out NUL and lone surrogates.",
        )
    if name in RESERVED_NAMES:
        raise AppError(
            f'{who} sets "{name}", which is a variable of the sandbox.',
            remedy="Use another name.",
        )


def _is_passable(text: str) -> bool:
    """Tell whether an environment can hold a text: encoded, and ended by a NUL."""
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False
