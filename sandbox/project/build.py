"""A syntax tree and a look at its folder in, the whole `Project` out.

Problems are found in stages, each of which raises all of its own at once, since the
later ones rest on what the earlier ones hold: preferences and plugins; every pragma;
Lambda's limits; what refers to tables; paths.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast

from sandbox.errors import Problem, SourceLocation
from sandbox.json_value import JsonValue
from sandbox.manifest import javascript
from sandbox.manifest.nodes import Manifest
from sandbox.project import http, proxy, static, tables
from sandbox.project.dotenv import lines_without_variable
from sandbox.project.events import read_events, read_queues, read_websockets
from sandbox.project.files import Files
from sandbox.project.functions import FunctionDraft, FunctionReader
from sandbox.project.inventory import Drafts, to_inventory
from sandbox.project.limits import check_settings
from sandbox.project.model import (
    ApiType,
    Function,
    FunctionConfig,
    Project,
    Route,
)
from sandbox.project.names import NameRules
from sandbox.project.plugins import check_plugins
from sandbox.project.preferences import (
    DOTENV_FILE,
    PreferencesDraft,
    read_preferences,
)
from sandbox.project.preferences import to_model as preferences_model
from sandbox.project.reading import Problems, Reading, as_written
from sandbox.project.runtimes import NODE_HANDLERS, PYTHON_HANDLERS
from sandbox.project.schedule import read_scheduled
from sandbox.project.settings import (
    DEFAULT_REGION,
    default_function_settings,
    line_of_setting,
    overlay,
    read_aws,
)
from sandbox.project.shared import read_shared, read_views
from sandbox.project.spelling import misspelt_pragmas, misspelt_settings

_NOT_EMULATED = ("scheduled", "cdn", "plugins", "macros")
_NAMED_IN_A_WARNING = 3


def build_project(
    manifest: Manifest,
    files: Files,
    *,
    root: Path,
    manifest_file: Path | None,
    home: Path | None = None,
    region: str = DEFAULT_REGION,
) -> Project:
    """Make a project of a parsed manifest.

    Args:
        manifest: the syntax tree.
        files: answers about the folder.
        root: the app's folder, absolute.
        manifest_file: where the tree comes from; None for the default project.
        home: the developer's home folder, for preferences.
        region: what `@aws region` overrides.

    Raises:
        ProjectError: the problems of the first stage that has some.
    """
    problems = Problems()
    reading = Reading(str(root), manifest, files, problems)
    check_plugins(reading)
    preferences = read_preferences(reading, str(home) if home else None)
    problems.raise_if_any()
    drafts = _read_pragmas(reading, preferences, region)
    problems.raise_if_any()
    check_settings(reading, drafts.aws, drafts.functions)
    problems.raise_if_any()
    tables.check_children(
        reading, drafts.tables, drafts.functions["tables-streams"], drafts.indexes
    )
    problems.raise_if_any()
    _check_paths(reading, drafts)
    problems.raise_if_any()
    return _to_project(reading, drafts, manifest_file)


def _read_pragmas(
    reading: Reading, preferences: PreferencesDraft, region: str
) -> Drafts:
    aws_values = [item.value for item in reading.items("aws")]
    defaults = overlay(default_function_settings(), aws_values)
    reader = FunctionReader(reading, defaults)
    app = _read_app(reading)
    aws = read_aws(reading, region)
    cdn = static.read_cdn(reading)
    events = read_events(reading, reader)
    routes = http.read_http(reading, reader)
    root_handler = http.root_handler(reading, routes) if reading.has("http") else None
    if root_handler == http.STATIC_ASSET_PROXY:
        routes.append(http.static_asset_proxy())
    routes = http.in_order(routes)
    proxy_urls = proxy.read_proxy(reading)
    queues = read_queues(reading, reader, defaults)
    scheduled = read_scheduled(reading, reader)
    static_settings = static.read_static(reading)
    if isinstance(static_settings, dict) and root_handler is None:
        root_handler = http.STATIC_ASSET_PROXY
    table_drafts = tables.read_tables(reading)
    indexes = tables.read_indexes(reading)
    functions = {
        "events": events,
        "http": routes,
        "queues": queues,
        "scheduled": scheduled,
        "tables-streams": tables.read_streams(reading, reader),
        "ws": read_websockets(reading, reader),
    }
    return Drafts(
        app=app,
        aws=aws,
        defaults=defaults,
        preferences=preferences,
        functions=functions,
        tables=table_drafts,
        indexes=indexes,
        root_handler=root_handler,
        static=static_settings,
        cdn=cdn,
        proxy=proxy_urls,
        shared=read_shared(reading, functions),
        views=read_views(reading, routes),
    )


def _read_app(reading: Reading) -> str:
    """Read and check `@app`: exactly one name."""
    items = reading.items("app")
    rules = NameRules(reading, "@app")
    if len(items) != 1 or not isinstance(items[0].value, str):
        rules.refuse(
            f"It must have exactly one name, and has {len(items) or 'none'}."
            if len(items) != 1
            else f'"{as_written(items[0].value)}" is not one name.',
            line=items[0].line if items else reading.pragma_line("app"),
            remedy="Write a line @app, and on the next one a name such as my-app.",
        )
        return ""
    rules.hold_to_loose(items[0].value, items[0].line)
    rules.hold_to_size(items[0].value, 1, 100, items[0].line)
    return items[0].value


def _check_paths(reading: Reading, drafts: Drafts) -> None:
    """Report folders whose names are not ASCII, which Architect cannot deploy."""
    if not _is_ascii(reading.root):
        reading.refuse(
            f'The project\'s folder "{reading.root}" is not plain ASCII.',
            line=None,
            remedy="Move the project to a folder with an ASCII name.",
        )
        return
    for draft in _own(drafts):
        if not _is_ascii(draft.folder):
            reading.refuse(
                f'The folder "{reading.shown(draft.folder)}" of @{draft.pragma}'
                f' "{draft.name}" is not plain ASCII.',
                line=draft.line,
                remedy="Give it a name of ASCII characters.",
            )


def _is_ascii(path: str) -> bool:
    return path.isascii() and path.isprintable()


def _own(drafts: Drafts) -> list[FunctionDraft]:
    """Give every function of the app itself."""
    return [
        draft
        for found in drafts.functions.values()
        for draft in found
        if not draft.is_static_asset_proxy
    ]


def _to_project(
    reading: Reading, drafts: Drafts, manifest_file: Path | None
) -> Project:
    functions = {id(draft): _function(draft) for draft in _own(drafts)}
    return Project(
        root=Path(reading.root),
        name=drafts.app,
        manifest_file=manifest_file,
        api_type=cast(ApiType, drafts.aws["apigateway"] or "http"),
        region=javascript.to_text(drafts.aws["region"]),
        routes=_routes(drafts.functions["http"], functions),
        functions=tuple(functions.values()),
        root_handler=drafts.root_handler,
        tables=tables.to_model(drafts.tables, drafts.indexes),
        static=static.to_model(reading, drafts.static)
        if isinstance(drafts.static, dict)
        else None,
        proxy_url=None if drafts.proxy is None else str(drafts.proxy["testing"]),
        shared_folder=Path(drafts.shared.path) if drafts.shared else None,
        views_folder=Path(drafts.views.path) if drafts.views else None,
        preferences=preferences_model(drafts.preferences),
        not_emulated=tuple(_not_emulated(reading, drafts)),
        warnings=tuple(_warnings(reading, drafts, manifest_file)),
        parsed=reading.manifest.plain(),
        inventory=to_inventory(
            reading.root,
            manifest_file.name if manifest_file else None,
            drafts,
        ),
        manifest_text=reading.manifest.source.text if manifest_file else "",
    )


def _routes(
    drafts: Sequence[FunctionDraft], functions: Mapping[int, Function]
) -> tuple[Route, ...]:
    return tuple(
        Route(
            method=str(draft.fields["method"]),
            path=str(draft.fields["path"]),
            function=functions[id(draft)],
            line=draft.line,
        )
        for draft in drafts
        if id(draft) in functions
    )


def _function(draft: FunctionDraft) -> Function:
    pragma = "tables-streams" if draft.pragma == "tables" else draft.pragma
    return Function(
        name=draft.name,
        pragma=pragma,
        folder=Path(draft.folder),
        handler_file=Path(draft.handler_path),
        handler_method=draft.handler_method,
        config=_function_config(draft.config),
        config_file=Path(draft.config_file) if draft.config_file else None,
        table=str(draft.fields["table"]) if pragma == "tables-streams" else None,
        line=draft.line,
    )


def _function_config(config: Mapping[str, JsonValue]) -> FunctionConfig:
    concurrency = config["concurrency"]
    return FunctionConfig(
        runtime=str(config["runtime"]),
        timeout_seconds=cast(int, config["timeout"]),
        memory_mb=cast(int, config["memory"]),
        concurrency=concurrency if type(concurrency) is int else None,
        shared=config["shared"] is True,
        views=config.get("views") is True,
        env=config["env"] is not False,
        settings=config,
    )


def _not_emulated(reading: Reading, drafts: Drafts) -> Iterator[str]:
    for pragma in reading.manifest.pragmas:
        if pragma not in _NOT_EMULATED:
            continue
        if pragma == "cdn":
            is_used = drafts.cdn is True
        else:
            is_used = bool(reading.items(pragma) or drafts.functions.get(pragma))
        if is_used:
            yield pragma


def _warnings(
    reading: Reading, drafts: Drafts, manifest_file: Path | None
) -> Iterator[Problem]:
    if manifest_file is None:
        yield Problem(
            message=f'The folder "{reading.root}" has no app.arc, so only its'
            " public/ folder is served.",
            remedy="Create app.arc with a line @app and a name below it.",
        )
    yield from misspelt_pragmas(reading.manifest)
    yield from misspelt_settings(reading.manifest)
    for draft in _own(drafts):
        if draft.own_config:
            yield from misspelt_settings(draft.own_config)
    yield from tables.repeated_keys(reading)
    yield from drafts.preferences.warnings
    yield from _bad_dotenv_lines(reading)
    yield from _python_files_under_node(reading, drafts)


def _bad_dotenv_lines(reading: Reading) -> Iterator[Problem]:
    """Warn of lines that are passed over; they are not quoted, as one may be secret."""
    if not reading.files.present(reading.root, (DOTENV_FILE,)):
        return
    text = reading.files.read(reading.path(DOTENV_FILE)) or ""
    for line in lines_without_variable(text):
        yield Problem(
            message="This line sets no variable.",
            remedy="Write it as NAME=value, or take it out.",
            location=SourceLocation(file=DOTENV_FILE, line=line),
        )
    if "\N{REPLACEMENT CHARACTER}" in text:
        yield Problem(
            message="It has bytes that are not UTF-8, which variables lose.",
            remedy="Save it as UTF-8.",
            location=SourceLocation(
                file=DOTENV_FILE,
                line=text.count("\n", 0, text.index("\N{REPLACEMENT CHARACTER}")) + 1,
            ),
        )


def _python_files_under_node(reading: Reading, drafts: Drafts) -> Iterator[Problem]:
    """Warn once of functions whose Python files Lambda would never look at."""
    affected = [
        draft
        for draft in _own(drafts)
        if str(draft.config["runtime"]).startswith("nodejs")
        and any(name in draft.present for name in PYTHON_HANDLERS)
        and not any(name in draft.present for name in NODE_HANDLERS)
    ]
    if not affected:
        return
    first = affected[0]
    named = ", ".join(
        f"@{draft.pragma} {draft.name}" for draft in affected[:_NAMED_IN_A_WARNING]
    )
    more = len(affected) - _NAMED_IN_A_WARNING
    own, own_line = first.own_config, line_of_setting(first.own_config, "runtime")
    yield Problem(
        message=f"{named}{f' and {more} more' if more > 0 else ''}: only Python files"
        f' lie there, while the runtime is "{first.config["runtime"]}".',
        remedy='Set "runtime python3.13" under @aws.'
        if own_line or reading.has("aws")
        else "Add to the manifest the line @aws, and below it runtime python3.13.",
        location=own.location(own_line)
        if own and own_line
        else reading.manifest.location(first.line),
    )
