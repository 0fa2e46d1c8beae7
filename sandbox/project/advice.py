"""A project + its surroundings → what is legal in it, but will bite.

Errors stop nothing by themselves: `arc-sandbox check` decides by their level. What
concerns packages is in `sandbox.project.dependency_advice`, what concerns sessions in
`sandbox.sessions.advice`, in the same shape.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from sandbox.errors import SourceLocation
from sandbox.project.model import Function, Project, Stage, Table
from sandbox.project.runtimes import python_version

Level: TypeAlias = Literal["error", "warning", "hint"]
Hindrance: TypeAlias = Literal[
    "unnamed", "development", "sdk-v2", "not-hydrated", "re-exported", "one-of-several"
]
"""Why a package is not deployed: the function's own list lacks it, or has it for
development alone; it is the AWS SDK v2; nothing is installed for the function."""

_MOST_VARIABLE_BYTES = 4096
_VARIABLE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]+")

ARCHITECT_NAMES = frozenset(
    {
        "ARC_APP_NAME",
        "ARC_DISABLE_ENV_VARS",
        "ARC_ENV",
        "ARC_LOCAL",
        "ARC_ROLE",
        "ARC_SANDBOX",
        "ARC_STACK_NAME",
        "ARC_STATIC_BUCKET",
        "ARC_STATIC_SPA",
        "ARC_WSS_URL",
        "SESSION_TABLE_NAME",
    }
)
"""Variables that Architect sets itself, so that a developer's value is lost."""

LAMBDA_NAMES = frozenset(
    {
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
    }
)
"""Reserved by Lambda (AWS Lambda Developer Guide, "Defined runtime environment")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One thing that will bite, and how to mend it."""

    level: Level
    code: str
    """Stable and readable by programs: `session-ttl-attribute`."""
    what: str
    """The fact, one sentence."""
    why: str
    """What goes wrong because of it, and when."""
    fix: str
    """What to write instead."""
    where: SourceLocation | None = None

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.level}: {self.what} {self.why} {self.fix}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftBehind:
    """A package that a function loads here, and that is not deployed with it."""

    function: Function
    folder: str
    """The function's, as the developer would type it."""
    module: str
    """As the code names it: `yaml`, `google.cloud.storage`, `@scope/name`."""
    package: str
    """As it is installed: `PyYAML`, `@scope/name`."""
    hindrance: Hindrance
    where: SourceLocation


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlisted:
    """A Python function without a requirements.txt, at which `arc deploy` stops."""

    function: Function
    folder: str
    module: str | None
    """What it imports and is no installed package; None where the version is why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What advice needs to know beside the manifest; whoever asks collects it."""

    environment: Mapping[str, str] = field(default_factory=dict)
    """What functions see of the developer's variables, in the stage that runs."""
    places: Mapping[str, SourceLocation] = field(default_factory=dict)
    """Where a variable is set, where that is known."""
    stage: Stage = "testing"
    python_version: tuple[int, int] | None = None
    """Of the interpreter that runs Python functions; None where it runs none."""
    pypi_helper: str | None = None
    """The version of `architect-functions` that functions import, or None."""
    npm_helper: str | None = None
    """The version of `@architect/functions` that functions load, or None."""
    npm_session_store: str | None = None
    """The package of the app that keeps sessions in a table of its own, or None."""
    arc_imports: tuple[SourceLocation, ...] = ()
    """Where Python code of the app has `import arc`."""
    requirements: frozenset[str] = frozenset()
    """What the app's requirements.txt files name, in lower case with hyphens."""
    left_behind: tuple[LeftBehind, ...] = ()
    unlisted: tuple[Unlisted, ...] = ()
    without_handler: tuple[tuple[str, str], ...] = ()
    """For each function whose file is not there: the fact, and what to do."""
    not_run: tuple[tuple[str, str], ...] = ()
    """Likewise for those whose runtime is none of the sandbox's."""
    without_seeds: tuple[str, str] | None = None
    """Likewise for `@sandbox seed-data`; None where there is nothing to say."""
    without_static: str | None = None
    """The folder that `@static` names and that is not there; None where it is."""
    host: str = "localhost"
    """The name by which a browser reaches the app."""


def advise(project: Project, surroundings: Surroundings) -> tuple[Advice, ...]:
    """Give what will bite in a project, packages and sessions apart."""
    return (
        *_missing_handlers(surroundings),
        *_missing_seeds(project, surroundings),
        *_missing_static(surroundings.without_static),
        *_longer_than_the_gateway_waits(project),
        *_other_python(project, surroundings),
        *_reserved_names(project, surroundings),
        *_refused_variables(project, surroundings),
    )


def table_place(
    project: Project, table: Table, attribute: str | None = None
) -> SourceLocation | None:
    """Find a table's line in the manifest, or that of one of its attributes.

    Gives the table's own line where the attribute's is not found, and None where the
    manifest is not text with lines, or the table comes from a plugin.
    """
    if table.line is None or project.manifest_file is None:
        return None
    lines = project.manifest_text.splitlines()
    number = table.line
    if attribute is not None:
        number = _attribute_line(lines, table.line, attribute) or number
    text = lines[number - 1] if number <= len(lines) else ""
    return SourceLocation(
        file=project.manifest_file.name,
        line=number,
        column=len(text) - len(text.lstrip()) + 1,
        source_line=text,
    )


def _attribute_line(lines: list[str], table_line: int, attribute: str) -> int | None:
    """Look down from a table's line through the indented ones that belong to it."""
    for number, text in enumerate(lines[table_line:], table_line + 1):
        if text.strip() and not text[0].isspace():
            return None
        if text.split()[:1] == [attribute]:
            return number
    return None


def _missing_handlers(surroundings: Surroundings) -> Iterator[Advice]:
    lacking, not_run = surroundings.without_handler, surroundings.not_run
    if lacking:
        fact, remedy = lacking[0]
        yield Advice(
            level="error",
            code="handler-missing",
            what=with_others(fact, len(lacking) - 1),
            why="Whatever calls it gets an error, and deployed it has no code.",
            fix=f"{remedy} arc-sandbox init creates what is missing.",
        )
    if not_run:
        fact, remedy = not_run[0]
        yield Advice(
            level="warning",
            code="runtime-not-run",
            what=with_others(fact, len(not_run) - 1),
            why="Whatever calls it gets an error here.",
            fix=remedy,
        )


def with_others(fact: str, count: int) -> str:
    """Add to what is said of one function that it holds for `count` others."""
    return f"{fact} The same goes for {count} more." if count else fact


def _missing_seeds(project: Project, surroundings: Surroundings) -> Iterator[Advice]:
    if surroundings.without_seeds is None:
        return
    fact, remedy = surroundings.without_seeds
    yield Advice(
        level="error" if project.tables else "warning",
        code="seeds-missing",
        what=fact,
        where=project.preferences.locations.get("seed-data"),
        why="An app that has tables does not start without it.",
        fix=remedy,
    )


def _missing_static(folder: str | None) -> Iterator[Advice]:
    if folder is None:
        return
    yield Advice(
        level="warning",
        code="static-missing",
        what=f'The folder "{folder}" of @static is not there.',
        why="No file is served from it, and `arc deploy` leaves static files out.",
        fix="Run the build that makes it, or correct the line.",
    )


def _longer_than_the_gateway_waits(project: Project) -> Iterator[Advice]:
    """Look at time limits (API Gateway, "Quotas": integration timeout)."""
    is_rest = project.api_type == "rest"
    waits_seconds = 29 if is_rest else 30
    longer = [
        function
        for function in project.functions
        if function.pragma == "http" and function.config.timeout_seconds > waits_seconds
    ]
    if not longer:
        return
    fact = (
        f'"{longer[0].name}" may run {longer[0].config.timeout_seconds:g} seconds, and '
        f"API Gateway waits {waits_seconds}."
    )
    yield Advice(
        level="warning",
        code="http-timeout",
        what=with_others(fact, len(longer) - 1),
        why=f"Deployed, its client gets a {504 if is_rest else 503} then, and the "
        "function runs on; the sandbox waits as long as Lambda would.",
        fix=f'Set "timeout {waits_seconds}" at most, or do long work elsewhere.',
    )


def _other_python(project: Project, surroundings: Surroundings) -> Iterator[Advice]:
    ours = surroundings.python_version
    if ours is None:
        return
    by_runtime: dict[str, Function] = {}
    for function in project.functions:
        by_runtime.setdefault(function.config.runtime, function)
    for runtime, function in by_runtime.items():
        declared = python_version(runtime)
        if declared is None or declared == ours:
            continue
        theirs = ".".join(map(str, declared))
        yield Advice(
            level="warning",
            code="python-version",
            what=f'"{function.name}" declares "{runtime}", and Python '
            f"{ours[0]}.{ours[1]} runs it here.",
            why="Syntax, the standard library and compiled packages may differ.",
            fix=f'Start the sandbox with Python {theirs}, or set "runtime '
            f'python{ours[0]}.{ours[1]}" under @aws.',
        )


def _reserved_names(project: Project, surroundings: Surroundings) -> Iterator[Advice]:
    for stage, variables in project.preferences.environment.items():
        for name in sorted(ARCHITECT_NAMES & set(variables)):
            yield Advice(
                level="warning",
                code="reserved-name",
                what=f'"{name}" is set for {stage}, and Architect sets it itself.',
                where=surroundings.places.get(name),
                why="Functions never see this value.",
                fix="Remove it, or give the variable another name.",
            )
        for name in sorted(LAMBDA_NAMES & set(variables)):
            yield _lambda_name(name, stage, surroundings)


def _refused_variables(
    project: Project, surroundings: Surroundings
) -> Iterator[Advice]:
    """Look at names and sizes (AWS Lambda Developer Guide, "environment variables")."""
    for stage, variables in project.preferences.environment.items():
        level = _level_in(stage)
        for name in sorted(set(variables) - LAMBDA_NAMES):
            if _VARIABLE_NAME.fullmatch(name) is None:
                yield Advice(
                    level=level,
                    code="variable-name",
                    what=f'"{name}" is set for {stage}, and is no name for Lambda.',
                    where=surroundings.places.get(name),
                    why="It works here; Lambda refuses a function that has it.",
                    fix="Begin with a letter, and go on with at least one more letter, "
                    "digit or underscore.",
                )
        size = sum(len(f"{name}{value}".encode()) for name, value in variables.items())
        if size > _MOST_VARIABLE_BYTES:
            yield Advice(
                level=level,
                code="variables-too-large",
                what=f"The variables for {stage} have {size:,} bytes together.",
                why="They work here; Lambda refuses a function with more than 4 KB of "
                "names and values, Architect's own among them.",
                fix="Keep what is large in a file of the app, or in an SSM parameter "
                "that the function reads.",
            )


def _lambda_name(name: str, stage: Stage, surroundings: Surroundings) -> Advice:
    return Advice(
        level=_level_in(stage),
        code="reserved-name",
        what=f'"{name}" is set for {stage}, and Lambda reserves it.',
        where=surroundings.places.get(name),
        why="It works here; Lambda refuses a function whose configuration sets it.",
        fix="Give the variable another name.",
    )


def _level_in(stage: Stage) -> Level:
    """Give how much it matters that Lambda refuses a variable: testing stays here."""
    return "hint" if stage == "testing" else "error"
