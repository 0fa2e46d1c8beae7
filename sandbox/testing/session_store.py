"""Where the sessions of a running sandbox are kept, as its own functions see it."""

from collections.abc import Mapping
from typing import Any

from sandbox.project.model import Function
from sandbox.sandbox import Sandbox
from sandbox.sessions.forge import forge_session
from sandbox.sessions.settings import SessionSettings
from sandbox.testing.session_rows import SessionRows, physical_name
from sandbox.testing.unanswered import UnansweredError


def forge_cookie(sandbox: Sandbox, session: Mapping[str, Any]) -> str:
    """Make a session as the app would, and give the Set-Cookie value for it."""
    return forge_session(
        session,
        session_settings(sandbox),
        now_epoch=sandbox.clock.now_epoch(),
        table=session_rows(sandbox),
    ).set_cookie


def session_settings(sandbox: Sandbox) -> SessionSettings:
    """Give the settings by which the app's functions keep sessions."""
    return SessionSettings.from_environment(sandbox.environment(_function(sandbox)))


def _function(sandbox: Sandbox) -> Function:
    """Choose whose environment counts: one that sees the developer's variables."""
    functions = sandbox.project.functions
    if not functions:
        raise UnansweredError(
            "arc_session",
            "function",
            "@http",
            known=(),
            remedy="Declare a route under @http: sessions are read by functions.",
        )
    return next((each for each in functions if each.config.env), functions[0])


def session_rows(sandbox: Sandbox) -> SessionRows | None:
    """Find the sessions table by its logical or physical name; None for JWE."""
    wanted = session_settings(sandbox).table_name
    if wanted is None:
        return None
    project, stage = sandbox.project, sandbox.stage
    for table in project.tables:
        name = physical_name(project, table.name, stage=stage)
        if wanted in (table.name, name):
            return SessionRows(sandbox.tables, name)
    raise UnansweredError(
        "arc_session",
        "table",
        wanted,
        known=[table.name for table in project.tables],
        remedy="Declare it under @tables, or set ARC_SESSION_TABLE_NAME to one.",
    )
