"""What survives a restart: an append-only file of records, held by one sandbox.

A record is in the file, by one `write`, before its operation is acknowledged: a killed
process loses nothing that it answered for. `sync` hands what was written to the disk,
once a second, so that a power failure costs no more than that second.

The file is replaced as a whole (`rewrite`: written beside, synced, renamed) when it has
grown well past what it has to say. Its owner alone can read it: rows hold sessions.
"""

import fcntl
import os
import threading
from collections.abc import Iterable
from pathlib import Path

from sandbox.errors import StorageError
from sandbox.tables.kept import KeptTable, KeptTables
from sandbox.tables.record_file import (
    FILE_MODE,
    make_private_folder,
    storage_error,
    sync_folder,
    write_beside,
)
from sandbox.tables.records import Reading, Record, encode_record, read_records

FILE = "tables.jsonl"
LOCK_FILE = "lock"
VERSION = 1
REWRITE_AT_BYTES = 8 * 1024 * 1024
"""A file smaller than this is never rewritten while the sandbox runs."""

_HEADER: Record = {"op": "Ledger", "version": VERSION}
_GROWTH = 4


class Ledger:
    """The file, from opening to closing. `sync` may be called from another thread.

    Args:
        folder: made where it is missing, readable by its owner alone.
        rewrite_at_bytes: how large the file may grow before it is rewritten.

    Raises:
        StorageError: another sandbox holds it, or it cannot be read or written.
    """

    def __init__(
        self, folder: Path, *, rewrite_at_bytes: int = REWRITE_AT_BYTES
    ) -> None:
        self.file = folder / FILE
        self._least_bytes = rewrite_at_bytes
        self._rewrite_at = rewrite_at_bytes
        self._lock = threading.Lock()
        self._descriptor = -1
        self._end = 0
        self._is_synced = True
        self._is_torn = False
        try:
            make_private_folder(folder)
            self._lock_file = _take_lock(folder / LOCK_FILE)
        except OSError as error:
            raise storage_error(folder, error) from error

    def load(self) -> tuple[tuple[KeptTable, ...], tuple[str, ...]]:
        """Read the file, mend its end and make it ready for writing.

        Returns:
            The tables, and what the developer should know.

        Raises:
            StorageError: the file cannot be read, or a newer version wrote it.
        """
        try:
            content = self.file.read_bytes() if self.file.exists() else b""
            reading = read_records(content)
            _check_version(reading, self.file)
            kept = _tables_of(reading, self.file)
            notices = self._mend(reading, kept.headless)
            self._hold(self._open(self.file))
            if not self._end:
                self.append(_HEADER)
        except OSError as error:
            raise storage_error(self.file, error, verb="read") from error
        return tuple(kept.tables()), notices

    def append(self, record: Record) -> None:
        """Write a record; it is there for good once this returns.

        Raises:
            StorageError: it could not be written; the file is as it was before.
        """
        line = encode_record(record)
        try:
            if self._is_torn:
                self._cut()
            self._is_torn = True
            _write_all(self._descriptor, line)
            self._is_torn = False
        except OSError as error:
            self._try_to_cut()
            raise storage_error(self.file, error) from error
        self._end += len(line)
        self._is_synced = False

    @property
    def wants_rewriting(self) -> bool:
        """Whether the file has outgrown what it has to say."""
        return self._end > self._rewrite_at

    def rewrite(self, records: Iterable[Record]) -> None:
        """Replace the whole file in one step by records that say the same.

        Raises:
            StorageError: it could not be; the file is as it was before, and it may
                grow further before this is wanted again.
        """
        self._rewrite_at = self._end * 2
        try:
            partial = write_beside(self.file, [_HEADER, *records])
            descriptor = self._open(partial)
            partial.replace(self.file)
            self._hold(descriptor)
            sync_folder(self.file.parent)
        except OSError as error:
            raise storage_error(self.file, error) from error
        self._rewrite_at = max(self._least_bytes, self._end * _GROWTH)

    def sync(self) -> None:
        """Wait until what was written has reached the disk.

        Raises:
            StorageError: the disk reports that it has not.
        """
        with self._lock:
            if self._is_synced or self._descriptor < 0:
                return
            self._is_synced = True
            try:
                os.fsync(self._descriptor)
            except OSError as error:
                raise storage_error(self.file, error) from error

    def close(self) -> None:
        """Sync and let go of the file. May be called twice.

        Raises:
            StorageError: the disk reports that it lacks the last writes.
        """
        try:
            self.sync()
        finally:
            for descriptor in (self._descriptor, self._lock_file):
                if descriptor >= 0:
                    os.close(descriptor)
            self._descriptor = self._lock_file = -1

    def _open(self, path: Path) -> int:
        return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, FILE_MODE)

    def _hold(self, descriptor: int) -> None:
        """Write to this open file from now on."""
        with self._lock:
            if self._descriptor >= 0:
                os.close(self._descriptor)
            self._descriptor = descriptor
            os.fchmod(descriptor, FILE_MODE)
            self._end = os.fstat(descriptor).st_size
            self._is_torn = False

    def _mend(self, reading: Reading, headless: Iterable[str]) -> tuple[str, ...]:
        """Cut a torn end; put a damaged file aside and go on with what is whole."""
        if reading.damaged_lines:
            return (self._put_aside(reading, headless),)
        if reading.torn_bytes:
            os.truncate(self.file, reading.end)
        return ()

    def _put_aside(self, reading: Reading, headless: Iterable[str]) -> str:
        aside = next(
            path
            for number in range(1, 1000)
            if not (path := self.file.with_suffix(f".damaged-{number}")).exists()
        )
        mended = write_beside(self.file, reading.records)
        os.link(self.file, aside)
        mended.replace(self.file)
        lines = ", ".join(map(str, reading.damaged_lines))
        whole = "".join(f' All rows of table "{name}" are lost.' for name in headless)
        return (
            f'The file "{self.file}" is damaged: what its lines {lines} said is lost, '
            f"so rows that these wrote are older than they were, or missing.{whole} "
            f'The damaged file is kept as "{aside}": put back by hand what is missing, '
            "then remove it."
        )

    def _cut(self) -> None:
        os.ftruncate(self._descriptor, self._end)
        self._is_torn = False

    def _try_to_cut(self) -> None:
        try:
            self._cut()
        except OSError:
            return  # tried again before the next write, which is refused until then


def _check_version(reading: Reading, file: Path) -> None:
    version = reading.records[0].get("version", VERSION) if reading.records else VERSION
    if version != VERSION:
        raise StorageError(
            f'The file "{file}" is of version {version}, which this arc-sandbox does '
            "not know.",
            remedy="Use the newer arc-sandbox that wrote it, or move the file away.",
        )


def _tables_of(reading: Reading, file: Path) -> KeptTables:
    """Give what the records leave behind, each of which is whole."""
    try:
        return KeptTables(reading.records)
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise StorageError(
            f'The file "{file}" holds rows that do not fit its tables: {error!r}.',
            remedy="Move the file away to start with empty tables; it is a line of "
            "JSON a write, so that rows can be taken out of it by hand.",
        ) from error


def _take_lock(file: Path) -> int:
    """Hold a lock until its descriptor, which is given, is closed or we are killed."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, FILE_MODE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.ftruncate(descriptor, 0)
        os.write(descriptor, b"%d\n" % os.getpid())
    except BlockingIOError as error:
        holder = os.read(descriptor, 20).decode("ascii", "replace").strip()
        os.close(descriptor)
        raise StorageError(
            f'The tables in "{file.parent}" are in use by another sandbox of this '
            f"app (process {holder or 'unknown'}).",
            remedy="Stop that one, or start this one without --persist.",
        ) from error
    except OSError:
        os.close(descriptor)  # whoever tries again would meet our own lock
        raise
    return descriptor


def _write_all(descriptor: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]
