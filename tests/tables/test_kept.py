"""Tables and rows that records leave behind."""

from typing import Any

from sandbox.tables.kept import (
    KeptTable,
    KeptTables,
    restore_record,
    sleeping_notices,
    whole_records,
)

KEYS = (("id", "S"),)
A, B = {"id": {"S": "a"}}, {"id": {"S": "b"}}
OPEN: dict[str, Any] = {"op": "Open", "table": "t", "keys": [["id", "S"]]}


def put(*rows: Any) -> dict[str, Any]:
    """Give the record of rows that were put."""
    return {"op": "PutItem", "changes": [["t", row] for row in rows]}


def rows_of(*records: Any) -> list[Any]:
    """Give the rows of the one table that records leave."""
    (table,) = KeptTables(records).tables()
    return list(table.rows)


def test_later_writes_win() -> None:
    """A row is what was last put, and one that was deleted is gone."""
    newer = {**A, "n": {"N": "2"}}
    delete = {"op": "DeleteItem", "changes": [["t", None, B]]}

    assert rows_of(OPEN, put(A, B), put(newer), delete) == [newer]


def test_equal_numbers_are_one_key() -> None:
    """A row under 1.0 replaces the one under 1."""
    opened = {**OPEN, "keys": [["id", "S"], ["n", "N"]]}
    one, same = ({**A, "n": {"N": text}} for text in ("1", "1.0"))

    assert rows_of(opened, put(one), put(same)) == [same]


def test_rows_under_other_keys_are_kept_apart() -> None:
    """A table whose keys changed has its rows under both."""
    other = {**OPEN, "keys": [["n", "N"]]}
    kept = KeptTables([OPEN, put(A), other, put({"n": {"N": "1"}})])

    assert [(table.keys, list(table.rows)) for table in kept.tables()] == [
        (KEYS, [A]),
        ((("n", "N"),), [{"n": {"N": "1"}}]),
    ]


def test_a_restore_replaces_and_forgets() -> None:
    """Reset and snapshots are one record each."""
    again = KeptTable(name="t", keys=KEYS, rows=(B,))
    gone = {**OPEN, "table": "gone"}

    assert rows_of(OPEN, gone, put(A), restore_record([again], forget=["gone"])) == [B]


def test_a_deleted_table_is_gone() -> None:
    """Until it is made again, empty."""
    drop = {"op": "DeleteTable", "table": "t"}

    assert list(KeptTables([OPEN, put(A), drop]).tables()) == []
    assert rows_of(OPEN, put(A), drop, OPEN) == []


def test_rows_without_the_start_of_their_table_are_told() -> None:
    """Where the line that opens a table is damaged, its rows cannot be read."""
    kept = KeptTables([put(A)])

    assert (list(kept.tables()), kept.headless) == ([], {"t"})


def test_whole_records_say_all() -> None:
    """Rewriting a ledger loses nothing, however many rows there are."""
    rows = tuple({"id": {"S": str(number)}} for number in range(450))
    made = (("CreateTable", {"TableName": "t"}),)
    table = KeptTable(name="t", keys=KEYS, rows=rows, requests=made)
    records = list(whole_records([table]))

    (found,) = KeptTables(records).tables()

    assert found == table
    assert len(records) == 4


def test_sleeping_tables_with_rows_are_told() -> None:
    """Each with its key and its number of rows; empty ones are nobody's loss."""
    full = KeptTable(name="t", keys=KEYS, rows=(A, B))

    assert sleeping_notices([KeptTable(name="empty", keys=KEYS)]) == ()
    assert sleeping_notices([full]) == (
        'Kept, but not declared any more: "t" with the key id (2 rows). Declare them '
        "again to have their rows back.",
    )
