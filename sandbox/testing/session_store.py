"""Where the sessions of a running sandbox are kept, as its own functions see it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sandbox.inspector.session_table import StoredSessions, find_sessions
from sandbox.project.model import Function
from sandbox.project.table_names import physical_name, table_stage
from sandbox.sandbox import Sandbox
from sandbox.sessions.forge import forge_session
from sandbox.sessions.settings import SessionSettings
from sandbox.tables.errors import TableError
from sandbox.testing.python_values import python_row, row_from_python
from sandbox.testing.unanswered import UnansweredError
from sandbox.wiring.surroundings import session_helper

UNSTORABLE = (TypeError, ValueError, RecursionError, TableError)
"""What the stores raise for a value that they have no type for, or no room."""


def forge_cookie(sandbox: Sandbox, session: Mapping[str, Any]) -> str:
    """Make a session as the app would, and give the Set-Cookie value for it.

    Raises:
        ValueError: the store has no type for one of its values, or no room.
    """
    settings = session_settings(sandbox)
    table = stored_sessions(sandbox, settings)
    now_epoch = sandbox.clock.now_epoch()
    try:
        made = forge_session(session, settings, now_epoch=now_epoch, table=table)
    except UNSTORABLE as error:
        raise unstorable(error) from None
    return made.set_cookie


def unstorable(error: Exception) -> ValueError:
    """Give the error for a session that its store refused with one of `UNSTORABLE`."""
    return ValueError(
        f"the session cannot be stored: {error}. Give it what the app's own handlers "
        "can: text, numbers, True, False, None, lists and dicts; a date as text"
    )


def session_settings(sandbox: Sandbox) -> SessionSettings:
    """Give the settings by which the app's functions keep sessions.

    Raises:
        SessionSettingsError: a variable that no session could work with.
    """
    function = _function(sandbox)
    return SessionSettings.from_environment(
        sandbox.environment(function), helper=session_helper(function)
    )


def stored_sessions(
    sandbox: Sandbox, settings: SessionSettings
) -> StoredSessions | None:
    """Give the table that settings keep sessions in; None for JWE.

    Raises:
        UnansweredError: ARC_SESSION_TABLE_NAME names no table of the app.
    """
    if settings.table_name is None:
        return None
    found = find_sessions(
        sandbox.project,
        settings,
        stage=sandbox.stage,
        call=sandbox.tables.call,
    )
    if found is None:
        raise UnansweredError(
            "arc_session",
            "table",
            settings.table_name,
            known=[table.name for table in sandbox.project.tables],
            remedy="Declare it under @tables, or set ARC_SESSION_TABLE_NAME to one.",
        )
    return replace(found, read_row=python_row, write_row=row_from_python)


def dynamodb_name(sandbox: Sandbox, table: str) -> str:
    """Give the name by which DynamoDB knows a table of the manifest."""
    return physical_name(sandbox.project.name, table_stage(sandbox.stage), table)


def _function(sandbox: Sandbox) -> Function:
    """Choose whose environment counts."""
    function = sandbox.project.usual_function
    if function is None:
        raise UnansweredError(
            "arc_session",
            "function",
            "@http",
            known=(),
            remedy="Declare a route under @http: sessions are read by functions.",
        )
    return function
