"""A small app with tables, and a store that holds them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandbox.clock import ManualClock
from sandbox.project.model import Index, Key, Project, Table
from sandbox.tables.store import TableStore

SESSIONS = Table(
    name="sessions", partition_key=Key(attribute="_idx"), ttl_attribute="_ttl"
)
NOTES = Table(
    name="notes",
    partition_key=Key(attribute="owner"),
    sort_key=Key(attribute="number", type="Number"),
    indexes=(
        Index(
            table="notes",
            name="by-tag",
            partition_key=Key(attribute="tag"),
            sort_key=Key(attribute="number", type="Number"),
        ),
        Index(
            table="notes",
            name="keys-by-tag",
            partition_key=Key(attribute="tag"),
            projection="KEYS_ONLY",
        ),
    ),
)

MakeProject = Callable[..., Project]


@pytest.fixture
def make_project(tmp_path: Path) -> MakeProject:
    """Give a function that makes a project with tables, in a folder of its own."""

    def make(*tables: Table, **settings: object) -> Project:
        return Project(
            root=tmp_path,
            name="demo",
            manifest_file=tmp_path / "app.arc",
            tables=tables or (SESSIONS, NOTES),
            **settings,  # type: ignore[arg-type]
        )

    return make


@pytest.fixture
def clock() -> ManualClock:
    """Give a clock that stands still."""
    return ManualClock(1_700_000_000.0)


@pytest.fixture
def store(clock: ManualClock, make_project: MakeProject) -> Iterator[TableStore]:
    """Give a store with the tables `sessions` and `notes`, empty."""
    store = TableStore(clock=clock, account_id="111122223333")
    store.apply(make_project())
    yield store
    store.close()
