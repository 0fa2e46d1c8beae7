"""Sessions that are rows, of whatever tables there are."""

from typing import Any

import pytest

from sandbox.inspector.row_sessions import RowSessions
from sandbox.sessions.settings import SessionSettings


class Table:
    """A session table of two rows, one of which no helper wrote."""

    def all_rows(self) -> list[dict[str, Any]]:
        return [{"id": "own"}, {"_idx": "a", "_secret": "s", "n": 1}]

    def get(self, idx: str) -> dict[str, Any] | None:
        raise NotImplementedError

    put = delete = get


@pytest.fixture
def sessions() -> RowSessions:
    """Give the sessions of that table."""
    table: Any = Table()
    return RowSessions(
        table=table, settings=SessionSettings(), now_epoch=0.0, recent=tuple
    )


def test_a_row_without_an_id_is_no_session(sessions: RowSessions) -> None:
    """A table of other keys is legal, and the pages show what they can."""
    (view,) = sessions.all()

    assert (view.id, view.data) == ("a", {"n": 1})
