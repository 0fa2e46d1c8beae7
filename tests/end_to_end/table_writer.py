"""A program that writes rows until it is killed: `python table_writer.py FOLDER`.

For each number on standard input it forks a child that opens the ledger in FOLDER and
carries out the operations of that round, the number of each on standard output once it
is acknowledged. Forking spares each child the import of moto.
"""

import os
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sandbox.clock import ManualClock
from sandbox.project.model import Key, Project, Table
from sandbox.tables.ledger import Ledger
from sandbox.tables.store import TableStore

TABLE = "demo-staging-things"
PROJECT = Project(
    root=Path("/nowhere"),
    name="demo",
    manifest_file=None,
    tables=(Table(name="things", partition_key=Key(attribute="id")),),
)
Operation = tuple[dict[str, int], str | None]
"""Rows that are put together, and a key that is deleted."""


def operations(round_number: int) -> Iterator[Operation]:
    """Give the operations of a round, the same each time."""
    choose = random.Random(round_number)  # noqa: S311 - to be the same again
    count = 0
    while True:
        count += 1
        keys = [f"k{choose.randrange(30)}" for _ in range(3)]
        kind = choose.randrange(4)
        if kind == 0:
            yield {}, keys[0]
        elif kind == 1:
            yield dict.fromkeys(keys, round_number * 1_000_000 + count), None
        else:
            yield {keys[0]: round_number * 1_000_000 + count}, None


def row(key: str, number: int) -> dict[str, Any]:
    return {"id": {"S": key}, "n": {"N": str(number)}, "pad": {"S": "x" * 200}}


def carry_out(store: TableStore, operation: Operation) -> None:
    puts, deleted = operation
    if deleted is not None:
        store.call("DeleteItem", {"TableName": TABLE, "Key": {"id": {"S": deleted}}})
    elif len(puts) == 1:
        ((key, number),) = puts.items()
        store.call("PutItem", {"TableName": TABLE, "Item": row(key, number)})
    else:
        items = [
            {"Put": {"TableName": TABLE, "Item": row(key, number)}}
            for key, number in puts.items()
        ]
        store.call("TransactWriteItems", {"TransactItems": items})


def open_store(folder: Path) -> tuple[TableStore, Ledger]:
    ledger = Ledger(folder, rewrite_at_bytes=30_000)
    store = TableStore(clock=ManualClock(), ledger=ledger)
    assert store.load(PROJECT) == ()
    return store, ledger


def write_until_killed(folder: Path, round_number: int) -> None:
    store, _ = open_store(folder)
    for number, operation in enumerate(operations(round_number), 1):
        carry_out(store, operation)
        os.write(1, b"%d\n" % number)
        store.tidy()


def main() -> None:
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            write_until_killed(Path(sys.argv[1]), int(line))
        os.write(1, b"pid %d\n" % pid)
        os.waitpid(pid, 0)
        os.write(1, b"dead\n")


if __name__ == "__main__":
    main()
