"""Sessions are read for their notes; what cannot be read has none."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox.project.model import Function, Key, Project, Table
from sandbox.sessions.signature import sign
from sandbox.tables.errors import TableError
from sandbox.wiring.session_reader import SessionReader
from tests.exchanges import exchange_of

SECRET = "a-secret-that-is-long-enough-for-anything"
PROJECT = Project(
    root=Path("/app"),
    name="demo",
    manifest_file=Path("/app/app.arc"),
    tables=(Table(name="sessions", partition_key=Key(attribute="_idx")),),
)


class RefusingTables:
    """Tables that the app has deleted while it ran."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, object]] = []

    def call(self, operation: str, request: Mapping[str, object]) -> Any:
        self.asked.append((operation, request["TableName"]))
        raise TableError("ResourceNotFoundException", "Requested resource not found")


class App:
    """A running app, as far as a reader sees it."""

    def __init__(self) -> None:
        self.project = PROJECT
        self.tables: Any = RefusingTables()

    def environment(self, function: Function) -> Mapping[str, str]:
        return {
            "ARC_APP_SECRET": SECRET,
            "ARC_SESSION_TABLE_NAME": "sessions",
            "ARC_ENV": "testing",
        }


def test_a_table_that_refuses_leaves_no_note() -> None:
    """Its error does not keep the notes of other exchanges from being made."""
    app = App()
    cookie = (("cookie", f"_idx={sign('abcdefgh', SECRET)}"),)

    remarks = SessionReader(app).remarks(exchange_of("a", request_headers=cookie))

    assert app.tables.asked == [("GetItem", "demo-staging-sessions")]
    assert remarks == ()


class EmptyTables:
    """Tables without a row."""

    def call(self, _operation: str, _request: Mapping[str, object]) -> Any:
        return {}


def test_a_row_that_went_with_the_clock_is_not_missed() -> None:
    """It was there when the request came; without a move it is."""
    app = App()
    app.tables = EmptyTables()
    cookie = (("cookie", f"_idx={sign('abcdefgh', SECRET)}"),)
    exchange = exchange_of("a", request_headers=cookie)

    (remark,) = SessionReader(app).remarks(exchange)
    assert remark.code == "session-refused-unknown-row"
    assert SessionReader(app).remarks(exchange, has_moved=True) == ()
