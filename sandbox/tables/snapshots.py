"""Named start states: every row of every table, and how far the clock stood ahead.

A file each, in the lines of `records`; there completely or not at all.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import StorageError
from sandbox.tables.kept import KeptTable, KeptTables, whole_records
from sandbox.tables.record_file import (
    make_private_folder,
    storage_error,
    sync_folder,
    write_beside,
)
from sandbox.tables.records import Record, read_records

NAME_RULE = "1 to 64 letters, digits, dots, underscores and hyphens"
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_SUFFIX = ".snapshot"
_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A start state."""

    tables: tuple[KeptTable, ...]
    clock_offset_seconds: float
    saved_epoch: float
    """When it was saved, in real time, seconds since 1970."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotFacts:
    """What a list of snapshots says of one."""

    name: str
    saved_epoch: float
    clock_offset_seconds: float
    rows: int
    size_bytes: int


class SnapshotFolder:
    """The snapshots of one app.

    Args:
        folder: made when the first is saved, readable by its owner alone.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, name: str, snapshot: Snapshot) -> SnapshotFacts:
        """Save a snapshot, in place of one that has the name.

        Raises:
            ValueError: the name is none.
            StorageError: it cannot be written; a former one is as it was.
        """
        file = self._file(name)
        rows = sum(len(table.rows) for table in snapshot.tables)
        records: list[Record] = [
            {
                "op": "Snapshot",
                "version": _VERSION,
                "saved_epoch": snapshot.saved_epoch,
                "clock_offset_seconds": snapshot.clock_offset_seconds,
                "rows": rows,
            },
            *whole_records(snapshot.tables),
        ]
        try:
            make_private_folder(self._folder)
            write_beside(file, [*records, {"op": "End"}]).replace(file)
            sync_folder(self._folder)
        except OSError as error:
            raise storage_error(file, error) from error
        return _facts(file, records[0])

    def load(self, name: str) -> Snapshot:
        """Give the snapshot of a name.

        Raises:
            ValueError: the name is none.
            KeyError: there is none of the name.
            StorageError: it cannot be read, or is damaged.
        """
        file = self._file(name)
        reading = read_records(_content(file))
        outermost = (*reading.records[:1], *reading.records[-1:])
        ends = [record.get("op") for record in outermost]
        is_whole = not (reading.damaged_lines or reading.torn_bytes)
        if not is_whole or ends != ["Snapshot", "End"]:
            raise StorageError(
                f'The snapshot "{name}" in "{file}" is damaged.',
                remedy=f"Save it again, or run arc-sandbox snapshot delete {name}.",
            )
        header = reading.records[0]
        if header.get("version") != _VERSION:
            raise StorageError(
                f'The snapshot "{name}" is of version {header.get("version")}.',
                remedy="Load it with the newer arc-sandbox that saved it.",
            )
        return Snapshot(
            tables=tuple(KeptTables(reading.records[1:-1]).tables()),
            clock_offset_seconds=_number(header, "clock_offset_seconds"),
            saved_epoch=_number(header, "saved_epoch"),
        )

    def list(self) -> tuple[SnapshotFacts, ...]:
        """Give what there is, by name; what is no snapshot is left out."""
        found = []
        for file in sorted(self._folder.glob(f"*{_SUFFIX}")):
            reading = read_records(_first_line(file))
            if reading.records and _NAME.fullmatch(file.name.removesuffix(_SUFFIX)):
                found.append(_facts(file, reading.records[0]))
        return tuple(found)

    def delete(self, name: str) -> None:
        """Delete a snapshot.

        Raises:
            ValueError: the name is none.
            KeyError: there is none of the name.
            StorageError: it cannot be deleted.
        """
        file = self._file(name)
        try:
            file.unlink()
        except FileNotFoundError as error:
            raise KeyError(name) from error
        except OSError as error:
            raise storage_error(file, error, verb="deleted") from error

    def _file(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError(f'"{name}" cannot be the name of a snapshot: {NAME_RULE}')
        return self._folder / f"{name}{_SUFFIX}"


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError as error:
        raise KeyError(file.name.removesuffix(_SUFFIX)) from error
    except OSError as error:
        raise storage_error(file, error, verb="read") from error


def _first_line(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.readline()
    except OSError as error:
        raise storage_error(file, error, verb="read") from error


def _facts(file: Path, header: Record) -> SnapshotFacts:
    return SnapshotFacts(
        name=file.name.removesuffix(_SUFFIX),
        saved_epoch=_number(header, "saved_epoch"),
        clock_offset_seconds=_number(header, "clock_offset_seconds"),
        rows=int(_number(header, "rows")),
        size_bytes=file.stat().st_size,
    )


def _number(header: Record, name: str) -> float:
    value = header.get(name)
    return float(value) if isinstance(value, int | float) else 0.0
