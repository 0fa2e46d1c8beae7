"""Takes what went wrong with a request, gives the `Page` that tells it.

Pure. The statuses and messages are API Gateway's: an HTTP API answers 500
`Internal Server Error` for whatever a function did wrong and 503 `Service Unavailable`
where Lambda throttles it; a REST API answers 502 `Internal server error`, 429
`Too Many Requests`, and 403 `Missing Authentication Token` for an unknown route
(Lambda developer guide, "Error handling with an API Gateway API"; API Gateway
developer guide, "Gateway response types").
"""

import json
import signal
from pathlib import Path
from typing import assert_never

from sandbox.errors import SandboxError
from sandbox.exchange import (
    Crashed,
    Execution,
    Match,
    Outcome,
    Raised,
    Returned,
    Throttled,
    TimedOut,
    Unavailable,
)
from sandbox.gateway.pages import Page, Section
from sandbox.gateway.payload import Event
from sandbox.gateway.response import InvalidResult
from sandbox.gateway.router import REST_METHODS, Router
from sandbox.project.http import METHODS, nameable_path
from sandbox.project.model import ApiType, Function, Project

_SHOWN_ROUTES = 60
_REST_ROUTES = "get, post, put, patch and delete"
_PLUGINS_ROUTES = " One that a plugin adds is missing: the sandbox runs no plugins."


def failed(
    execution: Execution, match: Match, event: Event, *, api_type: ApiType
) -> Page:
    """Tell an outcome that is not `Returned`.

    Raises:
        ValueError: the outcome is `Returned`: there is nothing to tell.
    """
    status, message = _function_error(api_type)
    title, fact, remedy = describe(execution.outcome, match.route.function)
    sections = _evidence(execution, event)
    if isinstance(execution.outcome, Raised):
        sections = (*_traceback(execution.outcome), *sections)
    if isinstance(execution.outcome, Throttled):
        status, message = _throttled(api_type)
    return Page(
        status=status,
        message=message,
        title=title,
        fact=fact,
        remedy=remedy,
        place=_place(match),
        sections=sections,
    )


def invalid_result(
    invalid: InvalidResult,
    execution: Execution,
    match: Match,
    event: Event,
    *,
    api_type: ApiType,
) -> Page:
    """Tell that a handler returned what API Gateway refuses."""
    status, message = _function_error(api_type)
    outcome = execution.outcome
    value = outcome.value if isinstance(outcome, Returned) else None
    return Page(
        status=status,
        message=message,
        title="The result is malformed",
        fact=invalid.reason,
        remedy=invalid.remedy,
        place=_place(match),
        sections=(
            Section(title="What the handler returned", text=_pretty(value)),
            *_evidence(execution, event),
        ),
    )


def no_route(method: str, path: str, project: Project) -> Page:
    """Tell that nothing answers, and which line would make something answer."""
    shown = [route.name for route in project.routes[:_SHOWN_ROUTES]]
    if len(project.routes) > _SHOWN_ROUTES:
        shown.append(f"… and {len(project.routes) - _SHOWN_ROUTES} more")
    is_rest = project.api_type == "rest"
    return Page(
        status=403 if is_rest else 404,
        message="Missing Authentication Token" if is_rest else "Not Found",
        title="No route answers this",
        fact=f'No route of the app takes "{method} {path}".'
        + (_only_in_http(method, path, project) if is_rest else "")
        + (_PLUGINS_ROUTES if "plugins" in project.not_emulated else ""),
        remedy=_way_to_a_route(method, path, project),
        sections=(
            Section(
                title="The routes there are",
                text="\n".join(shown) or "none: the manifest has no @http routes",
            ),
        ),
    )


def _only_in_http(method: str, path: str, project: Project) -> str:
    """Name the route that answers in an HTTP API, and never in a REST API."""
    found = Router(project.routes).match(method, path)
    if not isinstance(found, Match):
        return ""
    return (
        f' "{found.route.name}" does in an HTTP API, but a REST API does not serve it.'
    )


def _way_to_a_route(method: str, path: str, project: Project) -> str:
    """Name the route that was meant, or the line that adds one."""
    bare = path.rstrip("/")
    if bare and bare != path:
        meant = Router.from_project(project).match(method, bare)
        if isinstance(meant, Match):
            return (
                f'"{meant.route.name}" takes {bare}, without the slash at its end: '
                "API Gateway tells the two apart. Link to that."
            )
    wanted, suggested = method.lower(), nameable_path(path)
    is_servable = wanted in REST_METHODS and not suggested.endswith("*")
    if project.api_type == "rest" and not is_servable:
        return (
            f"A REST API serves only {_REST_ROUTES} routes, and no catch-alls: for "
            f"{method} {path}, choose an HTTP API (`apigateway http` under @aws)."
        )
    manifest = project.manifest_file.name if project.manifest_file else "app.arc"
    return (
        f"To add one, write under @http in {manifest}:\n\n"
        f"    {wanted if wanted in METHODS else 'any'} {suggested}"
    )


def malformed_path(part: str) -> Page:
    """Tell that a path's percent-encoding is broken."""
    return Page(
        status=400,
        message="Bad Request",
        title="The path is malformed",
        fact=f'"{part}" is not percent-encoded UTF-8.',
        remedy="Write % as %25, and encode text as UTF-8.",
        is_retryable=False,
    )


def body_too_large(api_type: ApiType) -> Page:
    """Tell that a body is above what API Gateway takes."""
    return _too_large(api_type, "API Gateway takes 10 MB at most, and Lambda 6 MB.")


def event_too_large(api_type: ApiType) -> Page:
    """Tell that a request is above what Lambda takes."""
    fact = (
        "Lambda takes 6 MB at most, of which base64 leaves 4.5 MB to other bodies "
        "than text."
    )
    return _too_large(api_type, fact)


def _too_large(api_type: ApiType, fact: str) -> Page:
    is_rest = api_type == "rest"
    return Page(
        status=413,
        message="Request Too Long" if is_rest else "Request Entity Too Large",
        title="The request is too large",
        fact=fact,
        remedy="Let large files go straight to S3, with a presigned URL.",
        is_retryable=False,
    )


def broken_app(error: SandboxError) -> Page:
    """Tell that the app's own files keep it from being served."""
    return Page(
        status=500,
        message="Internal Server Error",
        title="The app cannot be read",
        fact=error.message,
        remedy=error.remedy,
        sections=(Section(title="Where", text=str(error)),),
    )


def no_file(path: str, folder: Path) -> Page:
    """Tell that `/_static` has no such file."""
    return Page(
        status=404,
        message="Not Found",
        title="There is no such file",
        fact=f'"{path}" is not a file of "{folder}".',
        remedy="Names are case-sensitive.",
    )


def file_too_large(path: str, file: Path, *, api_type: ApiType) -> Page:
    """Tell that a static file is longer than the static asset proxy can send."""
    status, message = _function_error(api_type)
    return Page(
        status=status,
        message=message,
        title="The file is too large for the root",
        fact=f'"{file.name}" is longer than the 6 MB that a Lambda may send, and at '
        "the root a Lambda serves the files.",
        remedy=f"Link to /_static{path}, which S3 serves.",
    )


def unreachable_target(target: str, reason: str) -> Page:
    """Tell that @proxy's target does not answer."""
    return Page(
        status=502,
        message="Bad Gateway",
        title="The @proxy target does not answer",
        fact=f'"{target}" does not answer: {reason}.',
        remedy="Start what should listen there, or change `testing` under @proxy.",
    )


def own_bug(trace: str) -> Page:
    """Tell a bug of the sandbox itself."""
    return Page(
        status=500,
        message="Internal Server Error",
        title="A bug of arc-sandbox",
        fact="The sandbox failed here, not your app. Please report it, with this:",
        sections=(Section(title="Traceback", text=trace),),
    )


def _function_error(api_type: ApiType) -> tuple[int, str]:
    if api_type == "rest":
        return 502, "Internal server error"
    return 500, "Internal Server Error"


def _throttled(api_type: ApiType) -> tuple[int, str]:
    if api_type == "rest":
        return 429, "Too Many Requests"
    return 503, "Service Unavailable"


def describe(outcome: Outcome, function: Function) -> tuple[str, str, str]:
    """Give title, fact and remedy of an outcome that is not `Returned`.

    Raises:
        ValueError: the outcome is `Returned`: there is nothing to tell.
    """
    match outcome:
        case Raised():
            return outcome.error_type, outcome.message, outcome.remedy
        case TimedOut():
            return _timed_out(outcome, function)
        case Crashed():
            return (
                "The function's process ended",
                f"It ended without an answer: {_ending(outcome.exit_code)}.",
                outcome.remedy
                or "Return a result; sys.exit() ends the Lambda, not the request.",
            )
        case Throttled():
            return (
                "The function is throttled",
                f'Its concurrency is "{outcome.concurrency}", and all of it is in use.',
                "Raise or remove `concurrency` under @aws in its config.arc.",
            )
        case Unavailable():
            return "The function cannot be started", outcome.message, outcome.remedy
        case Returned():
            raise ValueError("a returned result is no failure")
        case _:
            assert_never(outcome)


def _timed_out(outcome: TimedOut, function: Function) -> tuple[str, str, str]:
    folder = function.folder.name
    setting = f"raise `timeout` (seconds) under @aws in {folder}/config.arc."
    if outcome.while_loading:
        return (
            "The function did not load in time",
            f"Loading took longer than {outcome.limit}.",
            f"Do less while its modules load, or {setting}",
        )
    return (
        "The function timed out",
        f"It was still running after {outcome.limit}.",
        f"Make it quicker, or {setting}",
    )


def _ending(exit_code: int | None) -> str:
    if exit_code is None:
        return "the reason is unknown"
    if exit_code >= 0:
        return f'exit code "{exit_code}"'
    try:
        return f'killed by signal "{signal.Signals(-exit_code).name}"'
    except ValueError:
        return f'killed by signal "{-exit_code}"'


def _place(match: Match) -> str:
    function = match.route.function
    return f"@{function.pragma} {match.route.name} · {function.handler_file}"


def _traceback(raised: Raised) -> tuple[Section, ...]:
    own = tuple(frame for frame in raised.stack if frame.is_app_code)
    sections = []
    if own:
        sections.append(Section(title="Where, in your code", frames=own))
    if len(own) < len(raised.stack):
        sections.append(
            Section(title="All frames", frames=raised.stack, is_open=not own)
        )
    if raised.trace:
        sections.append(
            Section(title="Traceback", text=raised.trace, is_open=not raised.stack)
        )
    return tuple(sections)


def _evidence(execution: Execution, event: Event) -> tuple[Section, ...]:
    sections = []
    outcome = execution.outcome
    output = execution.output or (
        outcome.log_tail if isinstance(outcome, Crashed) else ""
    )
    if output:
        sections.append(Section(title="What the handler printed", text=output))
    sections.append(Section(title="The event", text=_pretty(event), is_open=False))
    return tuple(sections)


def _pretty(value: object) -> str:
    text = json.dumps(value, indent=2, ensure_ascii=False, default=repr)
    return text if len(text) < 20_000 else f"{text[:20_000]}\n…"
