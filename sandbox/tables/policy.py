"""A project and what its functions see → where expiry departs from DynamoDB's rules.

Architect's sessions guide promises that a session is expunged after a week without
activity, and declares `ttl TTL`; runtime helpers write `_ttl`, so that AWS never
deletes one. The sandbox keeps the promise, unless `@sandbox ttl aws` says otherwise.
"""

from collections.abc import Mapping

from sandbox.project.expiry_preferences import expiry_lag_seconds, expiry_mode
from sandbox.project.model import Project
from sandbox.sessions.advice import session_table
from sandbox.sessions.settings import TABLE_VARIABLES, SessionSettings
from sandbox.tables.expiry import ExpiryPolicy

HELPERS_TTL_ATTRIBUTE = "_ttl"
"""What both runtime helpers write into a session's row."""


def expiry_policy(project: Project, environment: Mapping[str, str]) -> ExpiryPolicy:
    """Give how items of `project` expire.

    Args:
        project: its preferences were checked when they were read.
        environment: what its functions see; it names the sessions table.
    """
    preferences = project.preferences.settings.get("sandbox")
    extra: dict[str, tuple[str, ...]] = {}
    if expiry_mode(preferences) == "guide":
        table = session_table(project, _table_settings(environment))
        if table is not None:
            extra[table.name] = (HELPERS_TTL_ATTRIBUTE,)
    return ExpiryPolicy(
        lag_seconds=expiry_lag_seconds(preferences), extra_attributes=extra
    )


def _table_settings(environment: Mapping[str, str]) -> SessionSettings:
    """Read the table's name alone; other settings may be wrong, and are told so."""
    named = {name: environment.get(name, "") for name in TABLE_VARIABLES}
    return SessionSettings.from_environment(named)
