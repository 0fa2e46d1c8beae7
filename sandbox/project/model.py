"""What an app is, once its folder has been read: frozen values, paths absolute.

Names and defaults are Architect's (arc.codes, "Project manifest reference"); units are
in the field names. `inventory` gives the same in the shape of `@architect/inventory`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from sandbox.errors import Problem, SourceLocation
from sandbox.json_value import JsonValue
from sandbox.project import runtimes

ApiType: TypeAlias = Literal["http", "httpv1", "httpv2", "rest"]
KeyType: TypeAlias = Literal["String", "Number"]
Stage: TypeAlias = Literal["testing", "staging", "production"]
STAGES: tuple[Stage, ...] = get_args(Stage)
ACCOUNT_ID = "123456789012"
"""Of AWS, made up, and the same wherever an event names one."""
TTL_REACH_SECONDS = 5 * 365 * 86_400
"""How far back a TTL attribute may lie and still count: DynamoDB leaves an item alone
whose time is older (DynamoDB Developer Guide, "Using time to live (TTL)")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionConfig:
    """A function's settings: defaults, then `@aws`, then its own `config.arc`."""

    runtime: str
    """A Lambda runtime's real name, such as `python3.12`; aliases are resolved."""
    timeout_seconds: int = 5
    memory_mb: int = 1152
    concurrency: int | None = None
    """How many events at once; 0 throttles all, None is unthrottled."""
    shared: bool = True
    views: bool = False
    env: bool = True
    """False hides the developer's own variables (`@arc env false`)."""
    settings: Mapping[str, JsonValue] = field(default_factory=dict)
    """The whole merged configuration as the inventory shows it: what the sandbox does
    not go by as well, and unknown keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """One Lambda: where its code is and how it runs."""

    name: str
    """As Architect names it: `get /path` under @http, the bare name elsewhere."""
    pragma: str
    """`http`, `events`, `queues`, `scheduled`, `tables-streams`, `ws`."""
    folder: Path
    handler_file: Path
    """Where the handler is expected; the file need not exist."""
    handler_method: str
    config: FunctionConfig
    config_file: Path | None = None
    table: str | None = None
    """The table whose changes it is given, as in the manifest (@tables-streams)."""

    line: int | None = field(default=None, compare=False)
    """Where the manifest declares it, counted from 1, where that is known. A function
    that has moved in it is the same, and keeps its warm workers."""
    key: str = field(init=False, compare=False, repr=False)
    """What tells functions of a project apart: pragma and name."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", f"@{self.pragma} {self.name}")

    @property
    def language(self) -> str:
        """The runtime without its version: `python`, `nodejs`, `provided`, …."""
        return runtimes.language(self.config.runtime)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A method and a path of @http, and the function that answers."""

    method: str
    """Lower case: get post put patch delete options head any."""
    path: str
    """As in the manifest: `/things/:id`, `/files/*`."""
    function: Function
    line: int | None = None
    """Where the manifest declares it, counted from 1, where that is known."""

    @property
    def name(self) -> str:
        """As Architect names it: `get /path`."""
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key attribute of a table or index."""

    attribute: str
    type: KeyType = "String"


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """A global secondary index (`@tables-indexes`)."""

    table: str
    name: str
    """Given, or made from the keys as Architect makes it: `a-b-index`."""
    partition_key: Key
    sort_key: Key | None = None
    projection: Literal["ALL", "KEYS_ONLY", "INCLUDE"] = "ALL"
    projected_attributes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A DynamoDB table (`@tables`) with its indexes."""

    name: str
    """The logical name, as in the manifest."""
    partition_key: Key
    sort_key: Key | None = None
    ttl_attribute: str | None = None
    indexes: tuple[Index, ...] = ()
    line: int | None = None
    """Where the manifest declares it, counted from 1, where that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Static:
    """Static assets (`@static`)."""

    folder: Path
    prefix: str | None = None
    spa: bool = False
    fingerprint: bool | Literal["external"] = False
    ignore: tuple[str, ...] = ()

    @property
    def names_file(self) -> Path:
        """Where the names that files are deployed as are told, if they are."""
        return self.folder / "static.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """prefs.arc and .env, project over home; Architect's "local preferences"."""

    settings: Mapping[str, Mapping[str, JsonValue] | JsonValue] = field(
        default_factory=dict
    )
    """By pragma (`sandbox`, `create`, …), merged, as the inventory has them."""
    environment: Mapping[Stage, Mapping[str, str]] = field(default_factory=dict)
    """The developer's variables by stage; `.env` counts as testing."""
    locations: Mapping[str, SourceLocation] = field(default_factory=dict)
    """Where `@sandbox` sets something: `persist`, or a key of a map, `ports http`."""
    problems: tuple[Problem, ...] = ()
    """What `@sandbox` sets and means nothing: the app can be read, but not run."""

    def sandbox(self, key: str) -> JsonValue:
        """Give the value of `@sandbox key`, or None where it is not set."""
        pragma = self.settings.get("sandbox")
        return pragma.get(key) if isinstance(pragma, Mapping) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """An Architect app as the sandbox understands it."""

    root: Path
    name: str
    """The value of @app."""
    manifest_file: Path | None
    """None for the default project of a folder without a manifest."""
    api_type: ApiType = "http"
    region: str = "us-west-2"
    routes: tuple[Route, ...] = ()
    """Architect's order: by method, deeper first, static before parameters."""
    functions: tuple[Function, ...] = ()
    """Every function of every pragma, without the static asset proxy."""
    root_handler: str | None = None
    """The route that owns the root, `arcStaticAssetProxy`, `proxy` or None."""
    tables: tuple[Table, ...] = ()
    static: Static | None = None
    """None where disabled, or where the app has neither @http nor @static."""
    proxy_url: str | None = None
    """Where `@proxy` forwards what no route takes; None without one."""
    shared_folder: Path | None = None
    views_folder: Path | None = None
    preferences: Preferences = field(default_factory=Preferences)
    not_emulated: tuple[str, ...] = ()
    """Pragmas that the sandbox parses but does not serve, in manifest order."""
    warnings: tuple[Problem, ...] = ()
    """What is legal but hardly meant, such as a pragma that looks misspelt."""
    source_files: tuple[Path, ...] = ()
    """Files whose change may change this value; some may not exist."""
    parsed: Mapping[str, JsonValue] = field(default_factory=dict)
    """The manifest's syntax tree as plain data: `{pragma: [items]}`."""
    inventory: Mapping[str, JsonValue] = field(default_factory=dict)
    """The shape of `@architect/inventory`, paths relative to the project."""
    manifest_text: str = ""
    """What was read, so that advice can quote lines; empty without a manifest."""

    @property
    def usual_function(self) -> Function | None:
        """The function whose environment stands for the app's, where none is named.

        One that sees the developer's variables, if any does (`@arc env false` hides
        them); a route's before others.
        """
        return min(
            self.functions,
            key=lambda function: (not function.config.env, function.pragma != "http"),
            default=None,
        )

    def shown(self, path: Path) -> str:
        """Give a path as a developer would type it in the project's folder."""
        inside = path.is_relative_to(self.root)
        return (path.relative_to(self.root) if inside else path).as_posix()

    def folders_copied_into(self, function: Function) -> dict[str, Path]:
        """Give the folders that a function is deployed with, by their names in it."""
        config = function.config
        shared = self.shared_folder if config.shared else None
        views = self.views_folder if config.views else None
        folders = (("shared", shared), ("views", views))
        return {name: folder for name, folder in folders if folder is not None}

    def functions_called(self, name: str) -> tuple[Function, ...]:
        """Give those with the name, such as `get /`, or the key, such as `@events a`.

        Several pragmas may each have a function of one name.
        """
        return tuple(f for f in self.functions if name in (f.name, f.key))

    def table(self, name: str) -> Table | None:
        """Give the table called `name` in the manifest, or None."""
        return next((table for table in self.tables if table.name == name), None)
