"""Takes a project, gives the rows that its tables start with.

They stand in `sandbox-seed.json` (`{table: [rows]}`), or come from a program:
`sandbox-seed.py` sets `seed`, and `sandbox-seed.js`, `.mjs` or `.cjs` exports, such an
object or a function that returns it. `@sandbox seed-data path` in prefs.arc names
another file. The file names and the preference are those of `@architect/sandbox`.
"""

import difflib
import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias

from sandbox.errors import SeedError
from sandbox.json_value import JsonValue
from sandbox.project.model import Key, Project, Table
from sandbox.tables.attribute_values import Row, Seeds, to_row

EXTENSIONS = (".json", ".py", ".js", ".mjs", ".cjs")
"""In the order in which they are looked for."""

RunProgram: TypeAlias = Callable[[Path, Path], object]
"""Runs a seed program (file, project root), gives `{table: [rows]}`."""

_KEY_TYPES = {"String": "S", "Number": "N"}
_TYPE_NAMES = {"S": "String", "N": "Number", "B": "Binary", "BOOL": "Boolean"}


def load_seeds(project: Project, *, run_program: RunProgram) -> Seeds:
    """Read the seed file of a project, checked against its tables.

    Returns:
        Rows in DynamoDB JSON by logical table name; empty where there is no seed file.

    Raises:
        SeedError: the file cannot be read or run, names a table that the manifest
            lacks, or has a row without its keys.
    """
    file = seed_file(project)
    if file is None:
        return {}
    shown = project.shown(file)
    if file.suffix == ".json":
        content: object = _read_json(file, shown)
    else:
        content = run_program(file, project.root)
    return check_seeds(content, project=project, shown=shown)


def seed_file(project: Project) -> Path | None:
    """Give the seed file: the one that prefs.arc names, or else `sandbox-seed.*`.

    Raises:
        SeedError: prefs.arc names a file that is not there.
    """
    preferred = project.preferences.sandbox("seed-data")
    if isinstance(preferred, str):
        named = project.root / preferred
        found = named if named.is_file() else _with_extension(named.with_suffix(""))
        if found is None:
            raise SeedError(
                f'The seed file "{preferred}" is not there.',
                remedy='Fix or remove "seed-data" under @sandbox in prefs.arc.',
            )
        return found
    return _with_extension(project.root / "sandbox-seed")


def _with_extension(stem: Path) -> Path | None:
    candidates = (stem.with_name(stem.name + extension) for extension in EXTENSIONS)
    return next((file for file in candidates if file.is_file()), None)


def _read_json(file: Path, shown: str) -> JsonValue:
    try:
        content: JsonValue = json.loads(file.read_bytes(), parse_float=Decimal)
    except json.JSONDecodeError as error:
        raise SeedError(
            f'The seed file "{shown}" is not JSON: {error.msg} '
            f"at line {error.lineno}, column {error.colno}.",
            remedy="Fix it there.",
        ) from error
    except (OSError, UnicodeDecodeError, RecursionError) as error:
        raise SeedError(f'The seed file "{shown}" cannot be read: {error}.') from error
    return content


def check_seeds(content: object, *, project: Project, shown: str) -> Seeds:
    """Give the rows of each table in DynamoDB JSON.

    Args:
        content: what the seed file says, plain values.
        project: has the tables.
        shown: the file's name, for messages.

    Raises:
        SeedError: as for `load_seeds`.
    """
    if not isinstance(content, Mapping):
        raise SeedError(
            f'The seed file "{shown}" is {_kind(content)}, not an object.',
            remedy='Write {"table-name": [{"key": "value"}]}.',
        )
    return {
        name: _table_rows(_table(name, project, shown), rows, shown)
        for name, rows in content.items()
    }


def _table(name: object, project: Project, shown: str) -> Table:
    table = project.table(str(name))
    if table is not None:
        return table
    names = [known.name for known in project.tables]
    near = difflib.get_close_matches(str(name), names)
    hint = f' Did you mean "{near[0]}"?' if near else ""
    raise SeedError(
        f'The seed file "{shown}" has rows for table "{name}", '
        f"which the manifest does not declare.{hint}",
        remedy="Declare it under @tables, or take it out of the seed file.",
    )


def _table_rows(table: Table, rows: object, shown: str) -> tuple[Row, ...]:
    if not isinstance(rows, list | tuple):
        raise SeedError(
            f'Table "{table.name}" in the seed file "{shown}" is {_kind(rows)}, '
            "not an array of rows.",
            remedy="Write the rows in square brackets.",
        )
    return tuple(
        _row(table, row, f'Row {number} of table "{table.name}" in "{shown}"')
        for number, row in enumerate(rows, 1)
    )


def _row(table: Table, values: object, where: str) -> Row:
    if not isinstance(values, Mapping):
        remedy = "Write each row in curly brackets."
        raise SeedError(f"{where} is {_kind(values)}, not an object.", remedy=remedy)
    try:
        row = to_row(values)
    except ValueError as error:
        raise SeedError(f"{where} cannot be stored: {error}.") from error
    for key in (table.partition_key, table.sort_key):
        if key is not None:
            _check_key(row, key, where)
    return row


def _check_key(row: Row, key: Key, where: str) -> None:
    value = row.get(key.attribute)
    if not isinstance(value, Mapping):
        raise SeedError(
            f'{where} lacks the key "{key.attribute}".',
            remedy=f"Give it a {key.type}.",
        )
    (kind,) = value
    if kind != _KEY_TYPES[key.type]:
        raise SeedError(
            f"{where} has a {_TYPE_NAMES.get(kind, kind)} under the key "
            f'"{key.attribute}".',
            remedy=f"The manifest declares it as {key.type}.",
        )


def _kind(value: object) -> str:
    """Name a value's type as JSON does, with its article."""
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case str():
            return "a string"
        case list() | tuple():
            return "an array"
        case int() | float() | Decimal():
            return "a number"
        case Mapping():
            return "an object"
    return f"of Python's type {type(value).__name__}"
