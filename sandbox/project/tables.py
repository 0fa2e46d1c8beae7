"""`@tables`, `@tables-indexes` and `@tables-streams`."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, cast

from sandbox.errors import Problem
from sandbox.json_value import JsonValue
from sandbox.manifest import javascript
from sandbox.project.functions import (
    Declaration,
    FunctionDraft,
    FunctionReader,
    declare_named,
)
from sandbox.project.model import Index, Key, KeyType, Table
from sandbox.project.names import NameRules
from sandbox.project.reading import Reading, as_written, name_and_settings, setting

_RecordReader: TypeAlias = Callable[[str, JsonValue], dict[str, JsonValue]]
_KEY_TYPES = {"": "String", "string": "String", "number": "Number"}
_COPIED = {
    "stream": "stream",
    "encrypt": "encrypt",
    "PITR": "pitr",
    "pitr": "pitr",
    "PointInTimeRecovery": "PointInTimeRecovery",
}
"""Settings of a table that the inventory shows as they are, and under which name."""
_PROJECTIONS = {"all": "ALL", "keys": "KEYS_ONLY"}
_NO_KEYS: Mapping[str, JsonValue] = {
    "partitionKey": None,
    "partitionKeyType": None,
    "sortKey": None,
    "sortKeyType": None,
}


@dataclass(frozen=True, slots=True)
class TableDraft:
    """A table or an index as the inventory has it, and where it is declared."""

    record: Mapping[str, JsonValue]
    line: int | None

    @property
    def name(self) -> str:
        """The table's name; for an index, that of its table."""
        return str(self.record["name"])


def read_tables(reading: Reading) -> list[TableDraft]:
    """Read and check `@tables`."""
    drafts = _read_each(reading, "tables", _table_record)
    rules = NameRules(reading, "@tables")
    for draft in drafts:
        _check_record(rules, draft)
    rules.hold_to_unique((draft.name, draft.line) for draft in drafts)
    return drafts


def repeated_keys(reading: Reading) -> Iterator[Problem]:
    """Give a warning for each key of a table that a later line replaces."""
    for item in reading.items("tables"):
        named = name_and_settings(item.value)
        found: dict[str, str] = {}
        for attribute, value in javascript.entries(named[1]) if named else ():
            role, _ = _key_role(value)
            if role in found:
                kind = "partition" if role == "partitionKey" else "sort"
                line = item.key_lines.get(attribute, item.line)
                yield Problem(
                    message=f'"{attribute}" replaces "{found[role]}" as the {kind} key '
                    f'of "{named[0] if named else ""}": a table has one.',
                    remedy="Remove one of the two, or write ** for a sort key.",
                    location=reading.manifest.location(line),
                )
            if role:
                found[role] = attribute


def read_indexes(reading: Reading) -> list[TableDraft]:
    """Read and check `@tables-indexes`."""
    if not reading.items("tables-indexes"):
        return []
    if not _has_tables(reading, "tables-indexes"):
        return []
    drafts = _read_each(reading, "tables-indexes", _index_record)
    rules = NameRules(reading, "@tables-indexes")
    for draft in drafts:
        _check_record(rules, draft)
    _check_repeated(rules, drafts)
    return drafts


def read_streams(reading: Reading, reader: FunctionReader) -> list[FunctionDraft]:
    """Read and check `@tables-streams`, and the tables that say `stream true`."""
    pragma = "tables-streams"
    items = reading.items(pragma)
    if not items and not reading.items("tables"):
        return []
    if reading.has(pragma) and not _has_tables(reading, pragma):
        return []
    drafts = []
    for item, declared in declare_named(reading, reader, pragma, items):
        named = name_and_settings(item.value)
        table = setting(named[1], "table") if named else None
        fields = {"table": table or declared.name}
        drafts.append(reader.read(replace(declared, fields=fields)))
    listed = [draft.fields["table"] for draft in drafts]
    streaming = [item for item in reading.items("tables") if _streams(item.value)]
    for item in streaming:
        table = next(iter(javascript.entries(item.value)))[0]
        if table not in listed:
            drafts.append(reader.read(_stream_of_table(reading, table, item.line)))
    rules = NameRules(reading, f"@{pragma}")
    rules.hold_to_unique((draft.name, draft.line) for draft in drafts)
    for draft in drafts:
        rules.hold_to_size(draft.name, 3, 255, draft.line)
        rules.hold_to_very_loose(draft.name, draft.line)
    return drafts


def _stream_of_table(reading: Reading, table: str, line: int | None) -> Declaration:
    """Declare the function of a table that says `stream true`."""
    return Declaration(
        name=table,
        pragma="tables",
        folder=reading.path("src", "tables-streams", table),
        line=line,
        fields={"table": table},
    )


def check_children(
    reading: Reading,
    tables: Sequence[TableDraft],
    streams: Sequence[FunctionDraft],
    indexes: Sequence[TableDraft],
) -> None:
    """Report streams and indexes of tables that are not there."""
    known = [table.name for table in tables]
    children = [
        *(("tables-streams", draft.fields["table"], draft.line) for draft in streams),
        *(("tables-indexes", draft.name, draft.line) for draft in indexes),
    ]
    for pragma, table, line in children:
        if table not in known:
            shown = javascript.to_text(table)
            reading.refuse(
                f'@{pragma} names the table "{shown}", which @tables lacks.',
                line=line,
                remedy=f"Add it to @tables, or write one of: {' '.join(known)}."
                if known
                else "Add it to @tables.",
            )


def _has_tables(reading: Reading, pragma: str) -> bool:
    if reading.has("tables"):
        return True
    reading.refuse(
        f"@{pragma} needs the tables that it is about.",
        line=reading.pragma_line(pragma),
        remedy="Add them under @tables.",
    )
    return False


def _streams(value: JsonValue) -> bool:
    named = name_and_settings(value)
    return named is not None and setting(named[1], "stream") is True


def _read_each(reading: Reading, pragma: str, read: _RecordReader) -> list[TableDraft]:
    drafts = []
    for item in reading.items(pragma):
        named = name_and_settings(item.value)
        if named is None:
            reading.refuse(
                f'@{pragma} cannot have the entry "{as_written(item.value)}".',
                line=item.line,
                remedy="Write a table's name alone, and below it, indented by exactly"
                " two spaces and without comment lines, its keys: id *String.",
            )
            continue
        drafts.append(TableDraft(read(*named), item.line))
    return drafts


def _keys(settings: Iterable[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    """Find the key attributes: `*String` or `*`, and `**Number` for the sort key."""
    keys = dict(_NO_KEYS)
    for attribute, value in settings:
        role, key_type = _key_role(value)
        if role:
            keys[role] = attribute
            keys[f"{role}Type"] = key_type
    return keys


def _key_role(value: JsonValue) -> tuple[str | None, str | None]:
    if isinstance(value, str):
        stars = len(value) - len(value.lstrip("*"))
        key_type = _KEY_TYPES.get(value[stars:].lower())
        if key_type and stars in (1, 2):
            return "partitionKey" if stars == 1 else "sortKey", key_type
    return None, None


def _table_record(name: str, settings: JsonValue) -> dict[str, JsonValue]:
    entries = javascript.entries(settings)
    record: dict[str, JsonValue] = {"name": name, **_keys(entries)}
    record |= {"stream": None, "ttl": None, "encrypt": None, "pitr": None}
    for key, value in entries:
        if value in ("TTL", "ttl"):
            record["ttl"] = key
        if key in _COPIED:
            record[_COPIED[key]] = value
    return record


def _index_record(name: str, settings: JsonValue) -> dict[str, JsonValue]:
    entries = javascript.entries(settings)
    record: dict[str, JsonValue] = {"name": name, **_keys(entries)}
    record |= {
        "indexName": None,
        "projectionType": "ALL",
        "projectionAttributes": None,
    }
    for key, value in entries:
        if _key_role(value)[0]:
            continue
        if key.lower() == "name":
            record["indexName"] = value
        elif key.lower() == "projection":
            record |= _projection(value)
    return record


def _projection(value: JsonValue) -> dict[str, JsonValue]:
    known = _PROJECTIONS.get(value.lower()) if isinstance(value, str) else None
    if known:
        return {"projectionType": known}
    attributes = value if isinstance(value, list) else [value]
    return {"projectionType": "INCLUDE", "projectionAttributes": attributes}


def _check_record(rules: NameRules, draft: TableDraft) -> None:
    record, line = draft.record, draft.line
    rules.hold_to_size(record["name"], 3, 255, line)
    rules.hold_to_very_loose(record["name"], line)
    if not record["partitionKey"]:
        rules.refuse(
            f'"{draft.name}" has no partition key.',
            line=line,
            remedy="Add a line below it: two spaces, then id *String or id *Number.",
        )
    for field, least in (("indexName", 3), ("partitionKey", 1), ("sortKey", 1)):
        value = record.get(field)
        if javascript.is_truthy(value):
            rules.hold_to_size(value, least, 255, line)
            rules.hold_to_very_loose(value, line)


def _check_repeated(rules: NameRules, drafts: Sequence[TableDraft]) -> None:
    """Report an index that is there twice.

    Architect's check removes entries as it goes, and so misses a pair that stands at
    odd places both; a project that deploys must start here too.
    """
    remaining = list(drafts)
    for place in range(len(drafts)):
        if place >= len(remaining):
            break
        draft = remaining.pop(place)
        twin = next((o for o in remaining if o.record == draft.record), None)
        if twin:
            rules.refuse(
                f'"{draft.name}" has the same index twice, on lines'
                f" {draft.line} and {twin.line}."
                if draft.line
                else f'"{draft.name}" has the same index twice.',
                line=twin.line,
                remedy="Remove one of the two.",
            )


def to_model(
    tables: Sequence[TableDraft], indexes: Sequence[TableDraft]
) -> tuple[Table, ...]:
    """Give checked tables with their indexes."""
    return tuple(
        Table(
            name=table.name,
            partition_key=cast(Key, _key(table.record, "partitionKey")),
            sort_key=_key(table.record, "sortKey"),
            ttl_attribute=cast("str | None", table.record["ttl"]),
            indexes=tuple(_index(i) for i in indexes if i.name == table.name),
            line=table.line,
        )
        for table in tables
    )


def _index(draft: TableDraft) -> Index:
    record = draft.record
    partition_key = cast(Key, _key(record, "partitionKey"))
    sort_key = _key(record, "sortKey")
    keys = [key.attribute for key in (partition_key, sort_key) if key]
    attributes = cast("Sequence[JsonValue]", record["projectionAttributes"] or ())
    return Index(
        table=draft.name,
        name=str(record["indexName"] or "-".join([*keys, "index"])),
        partition_key=partition_key,
        sort_key=sort_key,
        projection=cast(
            Literal["ALL", "KEYS_ONLY", "INCLUDE"], record["projectionType"]
        ),
        projected_attributes=tuple(map(javascript.to_text, attributes)),
    )


def _key(record: Mapping[str, JsonValue], role: str) -> Key | None:
    attribute = record[role]
    if attribute is None:
        return None
    key_type = cast(KeyType, record[f"{role}Type"])
    return Key(attribute=str(attribute), type=key_type)
