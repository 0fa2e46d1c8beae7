"""Local preferences: prefs.arc of the home folder and of the project, and .env.

The project's settings lie over the home folder's one by one; `.env` replaces the
project's `@env` (arc.codes, "Local preferences").
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.errors import ManifestSyntaxError, Problem, SourceLocation
from sandbox.json_value import JsonValue
from sandbox.manifest import javascript
from sandbox.manifest.formats import parse_manifest
from sandbox.manifest.nodes import Item, Manifest, Pragma
from sandbox.project import paths
from sandbox.project.dotenv import parse_dotenv
from sandbox.project.model import STAGES, Preferences, Stage
from sandbox.project.reading import Reading
from sandbox.project.sandbox_preferences import sandbox_problems
from sandbox.project.spelling import misspelt_preferences

PREFERENCES_FILES = (
    *("preferences.arc", "prefs.arc"),
    *(".preferences.arc", ".prefs.arc"),
)
DOTENV_FILE = ".env"
_START_PRAGMAS = ("sandbox-start", "sandbox-startup")
_VARIABLE_NAME = re.compile(r"[a-zA-Z0-9_]+")


@dataclass(frozen=True, slots=True)
class PreferencesDraft:
    """What was found, in the inventory's shape."""

    merged: Mapping[str, JsonValue] | None = None
    """None where there is neither a preferences file nor a `.env`."""
    local_file: str | None = None
    global_file: str | None = None
    warnings: tuple[Problem, ...] = ()
    """What is set and does nothing."""
    problems: tuple[Problem, ...] = ()
    """What `@sandbox` sets and means nothing."""
    locations: Mapping[str, SourceLocation] = field(default_factory=dict)
    """Where `@sandbox` sets something, as `Preferences` has it."""

    @property
    def environment(self) -> JsonValue:
        """The merged `@env`; None where there is none."""
        return (self.merged or {}).get("env") or None


def read_preferences(reading: Reading, home: str | None) -> PreferencesDraft:
    """Read and check the preferences of the home folder and of the project."""
    global_file = _find(reading, home) if home else None
    local_file = _find(reading, reading.root)
    dotenv = _read_dotenv(reading)
    files = [_read(reading, path) for path in (global_file, local_file) if path]
    layers = [file.settings for file in files]
    if dotenv is not None:
        local = layers.pop() if local_file else {}
        layers.append({**local, "env": dotenv})
    merged: dict[str, JsonValue] = {}
    for layer in layers:
        _merge(merged, layer)
    return PreferencesDraft(
        merged=merged if layers else None,
        local_file=local_file,
        global_file=global_file,
        warnings=tuple(warning for file in files for warning in file.warnings),
        problems=tuple(problem for file in files for problem in file.problems),
        locations={
            key: place for file in files for key, place in file.locations.items()
        },
    )


def _find(reading: Reading, folder: str) -> str | None:
    present = reading.files.present(folder, PREFERENCES_FILES)
    return paths.join(folder, present[0]) if present else None


def _read_dotenv(reading: Reading) -> dict[str, JsonValue] | None:
    if not reading.files.present(reading.root, (DOTENV_FILE,)):
        return None
    text = reading.text(reading.path(DOTENV_FILE))
    variables: dict[str, JsonValue] = {**parse_dotenv(text or "")}
    return {"testing": variables or None, "staging": None, "production": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What one file sets, where, and what of it does or means nothing."""

    settings: Mapping[str, JsonValue] = field(default_factory=dict)
    warnings: tuple[Problem, ...] = ()
    problems: tuple[Problem, ...] = ()
    locations: Mapping[str, SourceLocation] = field(default_factory=dict)


def _read(reading: Reading, path: str) -> _Read:
    """Read one preferences file; what is wrong in it is reported."""
    text = reading.text(path)
    if text is None:
        return _Read()
    try:
        parsed = parse_manifest(text, file=reading.shown(path))
    except ManifestSyntaxError as error:
        reading.problems.add(*error.problems)
        return _Read()
    file = _PreferencesFile(reading, parsed)
    return _Read(
        settings={name: file.read(pragma) for name, pragma in parsed.pragmas.items()},
        warnings=tuple(
            misspelt_preferences(parsed, may_be_a_plugins=_has_plugins(reading, path))
        ),
        problems=file.problems(),
        locations={
            " ".join(names): parsed.location(line)
            for item in parsed.items("sandbox") or ()
            for names, line in item.settings()
        },
    )


def _has_plugins(reading: Reading, path: str) -> bool:
    """Tell whether a plugin may read a file; that of home is for other apps as well."""
    is_local = paths.relative(reading.root, path) in PREFERENCES_FILES
    return not is_local or reading.has("plugins") or reading.has("macros")


class _PreferencesFile:
    """One file's pragmas, turned into settings and checked."""

    def __init__(self, reading: Reading, parsed: Manifest) -> None:
        self._reading = reading
        self._parsed = parsed

    def read(self, pragma: Pragma) -> JsonValue:
        """Give the settings of a pragma: an object, or the lone value in its place."""
        if pragma.name in _START_PRAGMAS:
            return [_command(item.value) for item in pragma.items]
        settings = _laid(pragma)
        if pragma.name == "env":
            return self._environment(pragma, settings)
        if pragma.name == "sandbox":
            self._check_stage(pragma, settings)
        return settings

    def problems(self) -> tuple[Problem, ...]:
        """Give what `@sandbox` sets and means nothing; Architect does not mind."""
        pragma = self._parsed.pragmas.get("sandbox")
        if pragma is None:
            return ()
        return tuple(
            Problem(
                message=fact,
                remedy=remedy,
                location=self._parsed.location(
                    _line_of(pragma, *names) if names else pragma.line
                ),
            )
            for names, fact, remedy in sandbox_problems(_laid(pragma))
        )

    def _environment(self, pragma: Pragma, settings: JsonValue) -> JsonValue:
        """Complete and check `@env`: a map of variables for each stage."""
        if not isinstance(settings, dict):
            if settings:
                self._refuse(
                    f'@env is "{javascript.to_text(settings)}".',
                    pragma.line,
                    "Write a stage such as testing, and below it, indented by two"
                    " spaces, a variable and its value on each line.",
                )
            return settings
        stages: dict[str, JsonValue] = {}
        for stage in STAGES:
            variables = settings.get(stage)
            if isinstance(variables, Mapping):
                self._check_names(pragma, stage, variables)
                stages[stage] = {
                    name: _joined(value) for name, value in variables.items()
                }
                continue
            if javascript.is_truthy(variables):
                self._refuse(
                    f'The stage "{stage}" of @env has no variables with values.',
                    _line_of(pragma, stage),
                    "Write a variable and its value on each line, indented by two"
                    " spaces.",
                )
            stages[stage] = None
        return {**settings, **stages}

    def _check_names(
        self, pragma: Pragma, stage: str, variables: Mapping[str, JsonValue]
    ) -> None:
        for name in variables:
            if not _VARIABLE_NAME.fullmatch(name):
                self._refuse(
                    f'"{name}" is not the name of a variable.',
                    _line_of(pragma, stage, name),
                    "Use letters, digits and underscores.",
                )

    def _check_stage(self, pragma: Pragma, settings: JsonValue) -> None:
        stage = settings.get("env") if isinstance(settings, Mapping) else None
        if javascript.is_truthy(stage) and stage not in STAGES:
            self._refuse(
                f'@sandbox env is "{javascript.to_text(stage)}".',
                _line_of(pragma, "env"),
                f"Write one of: {' '.join(STAGES)}.",
            )

    def _refuse(self, message: str, line: int | None, remedy: str) -> None:
        self._reading.problems.add(
            Problem(
                message=message, remedy=remedy, location=self._parsed.location(line)
            )
        )


def _laid(pragma: Pragma) -> JsonValue:
    """Give what the items of a pragma set, one over the other."""
    settings: JsonValue = {}
    for item in pragma.items:
        settings = _lay(settings, item.value)
    return settings


def _line_of(pragma: Pragma, name: str, key: str | None = None) -> int | None:
    """Give the line that sets `name` (or a key of its map) in a pragma."""
    for item in reversed(pragma.items):
        if _is_about(item, name):
            return item.key_lines.get(key, item.line) if key else item.line
    return pragma.line


def _is_about(item: Item, name: str) -> bool:
    if isinstance(item.value, Mapping):
        return name in item.value
    return isinstance(item.value, list) and item.value[:1] == [name]


def _lay(settings: JsonValue, value: JsonValue) -> JsonValue:
    """Lay one item over a pragma's settings; a lone value replaces all of them."""
    if isinstance(value, list) and len(value) == 1:
        lone: JsonValue = value[0]
        return lone
    if not isinstance(value, (list, Mapping)):
        return value
    if not isinstance(settings, Mapping):
        return settings
    if not isinstance(value, Mapping):
        name = javascript.to_text(value[0])
        value = {name: value[1] if len(value) == 2 else value[1:]}
    return javascript.in_key_order([*settings.items(), *value.items()])


def _command(value: JsonValue) -> JsonValue:
    if isinstance(value, list):
        return javascript.join(value, " ")
    return value if isinstance(value, str) else None


def _joined(value: JsonValue) -> JsonValue:
    if isinstance(value, list):
        return javascript.join(value, " ")
    return value


def _merge(merged: dict[str, JsonValue], layer: Mapping[str, JsonValue]) -> None:
    """Lay one file's preferences over another's, one setting at a time."""
    for pragma, settings in layer.items():
        known = merged.get(pragma)
        if not isinstance(settings, Mapping):
            merged[pragma] = settings
        elif isinstance(known, Mapping):
            merged[pragma] = {**known, **settings}
        elif not known or isinstance(known, list):
            merged[pragma] = {**settings}


def to_model(draft: PreferencesDraft) -> Preferences:
    """Give checked preferences, with variables as text by stage."""
    environment = draft.environment
    variables: dict[Stage, Mapping[str, str]] = {}
    for stage in STAGES:
        found = environment.get(stage) if isinstance(environment, Mapping) else None
        if isinstance(found, Mapping):
            variables[stage] = {k: javascript.to_text(v) for k, v in found.items()}
    return Preferences(
        settings=draft.merged or {},
        environment=variables,
        locations=draft.locations,
        problems=draft.problems,
    )
