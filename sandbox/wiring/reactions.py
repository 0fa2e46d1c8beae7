"""What a save sets off: the functions it concerns are loaded, so that errors show.

Nothing depends on it: a worker is never stale when a request comes (`workers`).
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeAlias

from sandbox.errors import WorldError
from sandbox.exchange import Execution, Raised
from sandbox.gateway.fingerprint import write_static_manifest
from sandbox.notice import Notice
from sandbox.options import Options, Settings, pending, resolve
from sandbox.project.model import Function, Project
from sandbox.scaffold.missing import missing_handlers, wants_handlers, write_new
from sandbox.watch.changes import Reaction

Loaded: TypeAlias = tuple[Function, Execution | None]
"""A function that was loaded anew, and what went wrong; None where nothing did."""
WARMED_AT_ONCE = 4
"""A save loads no more functions than these; the others wait for a request."""


def functions_to_load(
    reaction: Reaction,
    project: Project,
    *,
    broken: Iterable[str],
    outdated: Iterable[str],
) -> tuple[Function, ...]:
    """Choose what a save has loaded at once.

    Edited functions come first; then every broken one, since any code may mend it; then
    those that have loaded what was saved; then those that may load it.

    Args:
        reaction: names the functions, as they were before the edit.
        project: the app as it is now.
        broken: keys of functions that did not load the last time.
        outdated: keys of functions whose warm workers are behind, the most wanted
            first.
    """
    if not may_change_code(reaction):
        return ()
    now = {function.key: function for function in project.functions}
    edited = [f.key for f in reaction.functions if f.key in now][:WARMED_AT_ONCE]
    chosen = dict.fromkeys((*edited, *(key for key in broken if key in now)))
    for key in (*outdated, *(f.key for f in reaction.sharing)):
        if len(chosen) >= WARMED_AT_ONCE:
            break
        if key in now:
            chosen[key] = None
    return tuple(now[key] for key in chosen)


def may_change_code(reaction: Reaction) -> bool:
    """Tell whether functions may load otherwise than before."""
    return (
        reaction.reload_project
        or reaction.other_code
        or bool(reaction.functions or reaction.sharing)
    )


def load(
    functions: Iterable[Function],
    *,
    warm: Callable[[Function], Execution | None],
    say: Callable[[Notice], None],
) -> tuple[Loaded, ...]:
    """Load functions, and say how that went.

    Gives each that was loaded, and what went wrong; None where nothing did.

    Args:
        functions: the functions.
        warm: loads a function; gives what went wrong.
        say: told of each function.
    """
    loaded: list[Loaded] = []
    for function in functions:
        failed = warm(function)
        loaded.append((function, failed))
        notice = _loading_notice(function, failed)
        if notice is not None:
            say(notice)
    return tuple(loaded)


def tell_pending(
    project: Project,
    running: Settings,
    options: Options,
    *,
    say: Callable[[Notice], None],
) -> None:
    """Say which edited preferences wait for the next start.

    Args:
        project: the app as it is now.
        running: what the sandbox was started with.
        options: what its command line asks for, whatever the preferences say.
        say: told of them.

    Raises:
        ProjectError: the preferences would keep it from starting.
    """
    waiting = pending(running, resolve(options, project.preferences))
    if waiting:
        told = ", ".join(waiting)
        text = f"@sandbox was edited; from the next start on: {told}."
        say(Notice(level="warning", text=text))


def write_wanted_files(
    project: Project, *, home: Path | None, say: Callable[[Notice], None]
) -> None:
    """Write what an app wants to have in its folder: handlers and `static.json`.

    Args:
        project: its preferences and `@static` tell what is wanted.
        home: the user's, which may hold templates.
        say: told of what is written, and of what cannot be.

    Raises:
        AppError: a template is named that is not there.
    """
    _create_missing_handlers(project, home=home, say=say)
    keep_static_manifest(project, say=say)


def _create_missing_handlers(
    project: Project, *, home: Path | None, say: Callable[[Notice], None]
) -> None:
    if not wants_handlers(project.preferences):
        return
    for path, text in missing_handlers(project, home=home).files.items():
        try:
            is_new = write_new(path, text)
        except WorldError as error:
            say(Notice(level="warning", text=str(error)))
            continue
        if is_new:
            shown = path.relative_to(project.root)
            say(Notice(level="info", text=f"{shown} is created (@create autocreate)."))


def _loading_notice(function: Function, failed: Execution | None) -> Notice | None:
    if failed is None:
        return Notice(
            level="detail", text=f"{function.name} is warm with its new code."
        )
    outcome = failed.outcome
    if not isinstance(outcome, Raised):
        return None
    told = outcome.trace.rstrip() or f"{outcome.error_type}: {outcome.message}"
    text = f"{function.name} does not load.\n{told}\n{outcome.remedy}".rstrip()
    return Notice(level="error", text=text)


def keep_static_manifest(project: Project, *, say: Callable[[Notice], None]) -> None:
    """Have `static.json` tell the names that `@static fingerprint true` deploys."""
    if project.static is None:
        return
    try:
        write_static_manifest(project.static)
    except OSError as error:
        say(Notice(level="warning", text=f"static.json cannot be written: {error}."))
