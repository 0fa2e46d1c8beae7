"""A project + its surroundings → what is legal in its sessions, but will bite.

The facts are of `architect-functions` 1.0 and `@architect/functions` 8.1, the promises
of Architect's sessions guide (arc.codes, "Sessions").
"""

from collections.abc import Iterator
from dataclasses import replace

from sandbox.errors import SourceLocation
from sandbox.project.advice import Advice, Surroundings, table_place
from sandbox.project.expiry_preferences import expiry_mode
from sandbox.project.model import Project, Table
from sandbox.project.table_names import TABLE_STAGES, physical_name
from sandbox.sessions.browser_view import domain_matches
from sandbox.sessions.secret_advice import advise_secret
from sandbox.sessions.settings import (
    JWE,
    Helper,
    SessionSettings,
    SessionSettingsError,
)

_WEEK_SECONDS = 604_800
_TABLE_NAME = "ARC_SESSION_TABLE_NAME"
_CODES = {
    _TABLE_NAME: "session-table-empty",
    "ARC_APP_SECRET_ALGO": "session-algorithm",
    "ARC_SESSION_TTL": "session-ttl",
    "SESSION_TTL": "session-ttl",
    "ARC_SESSION_DOMAIN": "session-domain",
    "SESSION_DOMAIN": "session-domain",
    "ARC_SESSION_SAME_SITE": "session-same-site",
}
"""Variables that alone can make settings impossible, and the code of that advice."""
_SETTINGS = (*_CODES, "ARC_APP_SECRET")
_NOT_KEPT = "architect-functions writes it all the same, and no browser keeps it."
_NEVER_EMPTY = ("ARC_SESSION_TTL", "ARC_APP_SECRET_ALGO")
"""What architect-functions reads although it is empty; the second for tokens alone."""


def advise_sessions(project: Project, surroundings: Surroundings) -> tuple[Advice, ...]:
    """Give what will bite in the sessions of a project, errors of settings first."""
    helper = _helper(surroundings)
    has_sessions = _may_have_sessions(project, surroundings)
    wrong = tuple(_wrong_settings(surroundings, helper))
    names = {advice.code for advice in wrong}
    wrong += tuple(a for a in _empty_settings(surroundings) if a.code not in names)
    names = {advice.code for advice in wrong}
    environment = {
        name: value
        for name, value in surroundings.environment.items()
        if _CODES.get(name) not in names
    }
    surroundings = replace(surroundings, environment=environment)
    settings = SessionSettings.from_environment(
        {**environment, "ARC_ENV": surroundings.stage, "ARC_APP_NAME": project.name},
        helper=helper,
    )
    return (
        *wrong,
        *_unknown_table(project, settings, surroundings),
        *_unused_table(project, settings, surroundings),
        *_table_named_jwe(project),
        *_session_tables(project, settings),
        *(advise_secret(settings, surroundings) if has_sessions else ()),
        *_cookie(settings, surroundings),
        *_ignored_by_helpers(settings, surroundings),
        *_never_refused(settings, surroundings),
    )


def session_table(project: Project, settings: SessionSettings) -> Table | None:
    """Find the table that sessions are kept in, by its logical or physical name."""
    if settings.table_name is None:
        return None
    names = {settings.table_name}
    for stage in TABLE_STAGES:
        beginning = physical_name(project.name, stage, "")
        names.add(settings.table_name.removeprefix(beginning))
    return next((table for table in project.tables if table.name in names), None)


def _helper(surroundings: Surroundings) -> Helper:
    """Give the helper whose ways count; the guide's where there are none, or two."""
    python, node = surroundings.pypi_helper, surroundings.npm_helper
    if bool(python) == bool(node):
        return "own"
    return "pypi" if python else "npm"


def _may_have_sessions(project: Project, surroundings: Surroundings) -> bool:
    """Tell whether there is any sign of sessions: a helper, a setting, or a table.

    No secret is needed without them: only a runtime helper ever uses it.
    """
    return bool(
        surroundings.pypi_helper
        or surroundings.npm_helper
        or surroundings.npm_session_store
        or surroundings.arc_imports
        or any(name in surroundings.environment for name in _SETTINGS)
        or any(map(_is_shaped, project.tables))
    )


def _wrong_settings(surroundings: Surroundings, helper: Helper) -> Iterator[Advice]:
    """Judge each variable by itself, so that all that are wrong are told at once."""
    table_name = surroundings.environment.get(_TABLE_NAME)
    table = {_TABLE_NAME: table_name} if table_name else {}
    for variable, code in _CODES.items():
        value = surroundings.environment.get(variable)
        if value is None:
            continue
        alone = {**table, variable: value}
        try:
            SessionSettings.from_environment(alone, helper=helper)
        except SessionSettingsError as error:
            yield Advice(
                level="error",
                code=code,
                what=error.message,
                where=surroundings.places.get(variable),
                why=_NOT_KEPT
                if code == "session-domain" and helper == "pypi"
                else "A session cannot be written with it, and the request ends in "
                "500.",
                fix=error.remedy,
            )


def _empty_settings(surroundings: Surroundings) -> Iterator[Advice]:
    """Find what is set to nothing, which architect-functions takes for a value."""
    if surroundings.pypi_helper is None:
        return
    has_table = surroundings.environment.get(_TABLE_NAME, JWE) not in ("", JWE)
    for variable in _NEVER_EMPTY[:1] if has_table else _NEVER_EMPTY:
        if surroundings.environment.get(variable) == "":
            yield Advice(
                level="error",
                code=_CODES[variable],
                what=f"{variable} is set, but empty.",
                where=surroundings.places.get(variable),
                why=f"architect-functions {surroundings.pypi_helper} fails when it "
                "writes a session, and the request ends in 500.",
                fix="Remove the variable, or give it a value.",
            )


def _unknown_table(
    project: Project, settings: SessionSettings, surroundings: Surroundings
) -> Iterator[Advice]:
    if settings.table_name is None or session_table(project, settings) is not None:
        return
    known = ", ".join(f'"{table.name}"' for table in project.tables) or "none"
    yield Advice(
        level="error",
        code="session-table-unknown",
        what=f'{_TABLE_NAME} is "{settings.table_name}", which is not a table of the '
        "app.",
        where=surroundings.places.get(_TABLE_NAME),
        why="With architect-functions sessions read as empty, and writing one fails.",
        fix=f'Declare it under @tables, or set it to "{JWE}". Tables: {known}.',
    )


def _unused_table(
    project: Project, settings: SessionSettings, surroundings: Surroundings
) -> Iterator[Advice]:
    table = next((table for table in project.tables if _is_shaped(table)), None)
    is_used = settings.store == "table" or surroundings.npm_session_store
    if table is None or is_used:
        return
    yield Advice(
        level="warning",
        code="session-table-unused",
        what=f'Table "{table.name}" has the shape of a sessions table, but sessions '
        "are JWE tokens.",
        where=table_place(project, table),
        why="Everything stays in the cookie, 4 KB at most, and the table empty.",
        fix=f"Set it: arc-sandbox env -e {surroundings.stage} -a {_TABLE_NAME} "
        f"{table.name}",
    )


def _table_named_jwe(project: Project) -> Iterator[Advice]:
    table = project.table(JWE)
    if table is None:
        return
    yield Advice(
        level="warning",
        code="table-named-jwe",
        what=f'A table is called "{JWE}".',
        where=table_place(project, table),
        why=f'As {_TABLE_NAME}, "{JWE}" always means tokens, so that sessions can '
        "never be kept in this table.",
        fix="Give the table another name.",
    )


def _is_shaped(table: Table) -> bool:
    return table.partition_key.attribute == "_idx" and table.name != JWE


def _session_tables(project: Project, settings: SessionSettings) -> Iterator[Advice]:
    table = session_table(project, settings)
    if table is not None:
        yield from _key(project, table)
        yield from _ttl_attribute(project, table)


def _key(project: Project, table: Table) -> Iterator[Advice]:
    key, sort_key = table.partition_key, table.sort_key
    if (key.attribute, key.type, sort_key) == ("_idx", "String", None):
        return
    found = f'"{key.attribute}" ({key.type})'
    if sort_key is not None:
        found += f' and "{sort_key.attribute}" ({sort_key.type})'
    yield Advice(
        level="error",
        code="session-key",
        what=f'The key of the sessions table "{table.name}" is {found}.',
        where=table_place(project, table, key.attribute),
        why='Runtime helpers find a session by "_idx", a String, alone: no session is '
        "ever found.",
        fix='Declare the key as "_idx *String".',
    )


def _ttl_attribute(project: Project, table: Table) -> Iterator[Advice]:
    if table.ttl_attribute == "_ttl":
        return
    is_kept = expiry_mode(project.preferences.settings.get("sandbox")) == "guide"
    kept = "keeps that promise" if is_kept else "does as AWS (@sandbox ttl aws)"
    if table.ttl_attribute is None:
        what = f'The sessions table "{table.name}" declares no TTL attribute.'
    else:
        what = (
            f'The sessions table "{table.name}" expires by "{table.ttl_attribute}", '
            "which no runtime helper writes."
        )
    yield Advice(
        level="warning",
        code="session-ttl-attribute",
        what=what,
        where=table_place(project, table, table.ttl_attribute),
        why='Helpers write "_ttl", so that AWS never deletes a session; the guide '
        f"promises a week without activity, and the sandbox {kept}.",
        fix='Declare "_ttl TTL".',
    )


def _cookie(settings: SessionSettings, surroundings: Surroundings) -> Iterator[Advice]:
    if settings.same_site == "None" and not settings.secure:
        yield Advice(
            level="warning",
            code="session-same-site",
            what="ARC_SESSION_SAME_SITE is none, and the cookie is not Secure here.",
            where=surroundings.places.get("ARC_SESSION_SAME_SITE"),
            why="Browsers accept the one only with the other: nobody stays signed in.",
            fix="Set it for staging and production only.",
        )
    if settings.domain and not domain_matches(
        surroundings.host, settings.domain.lstrip(".").lower()
    ):
        yield Advice(
            level="error" if surroundings.stage == "testing" else "hint",
            code="session-domain",
            what=f'ARC_SESSION_DOMAIN is "{settings.domain}", and the app is reached '
            f'as "{surroundings.host}".',
            where=_place(surroundings, "ARC_SESSION_DOMAIN", "SESSION_DOMAIN"),
            why="No browser accepts the cookie here: each request is a new visitor.",
            fix="Set it for staging and production only.",
        )


def _ignored_by_helpers(
    settings: SessionSettings, surroundings: Surroundings
) -> Iterator[Advice]:
    python, node = surroundings.pypi_helper, surroundings.npm_helper
    seen = surroundings.environment
    if python and seen.get("ARC_SESSION_SAME_SITE", "").lower() not in ("", "lax"):
        yield _ignored("ARC_SESSION_SAME_SITE", surroundings, "It always sends lax.")
    if python and seen.get("ARC_FORCE_LEGACY_JWE_SECRET"):
        yield _ignored(
            "ARC_FORCE_LEGACY_JWE_SECRET",
            surroundings,
            "It takes the secret as text and the algorithm that is set.",
        )
    is_over_a_week = settings.max_age_seconds > _WEEK_SECONDS
    has_own_ttl = seen.get("ARC_SESSION_TTL") or seen.get("SESSION_TTL")
    if has_own_ttl and is_over_a_week and (node or settings.store == "table"):
        ends = (
            "table rows a week after their last write"
            if settings.store == "table"
            else "@architect/functions refuses tokens a week after they were written"
        )
        yield Advice(
            level="warning",
            code="session-ttl-over-week",
            what=f"ARC_SESSION_TTL is {settings.max_age_seconds} seconds, over a week.",
            where=_place(surroundings, "ARC_SESSION_TTL", "SESSION_TTL"),
            why=f"Only the cookie lives as long: {ends}.",
            fix="Set it to 604800 at most, or write the session more often.",
        )


def _never_refused(
    settings: SessionSettings, surroundings: Surroundings
) -> Iterator[Advice]:
    """Tell that one helper never asks how old a token is."""
    if surroundings.pypi_helper is None or settings.store == "table":
        return
    yield Advice(
        level="hint" if surroundings.stage == "testing" else "warning",
        code="session-token-ageless",
        what=f"architect-functions {surroundings.pypi_helper} accepts a JWE session of "
        "any age.",
        where=_place(surroundings, "ARC_SESSION_TTL", "SESSION_TTL"),
        why="Only the cookie ends, by ARC_SESSION_TTL, and only in a browser: a copy "
        "of it works until ARC_APP_SECRET changes.",
        fix="Keep sessions in a table, or keep in them a time that your code checks.",
    )


def _ignored(variable: str, surroundings: Surroundings, what_it_does: str) -> Advice:
    return Advice(
        level="warning",
        code="setting-ignored",
        what=f"{variable} is set, and architect-functions {surroundings.pypi_helper} "
        "ignores it.",
        where=surroundings.places.get(variable),
        why=what_it_does,
        fix="Remove the variable, or do not rely on it in Python functions.",
    )


def _place(surroundings: Surroundings, *variables: str) -> SourceLocation | None:
    places = (surroundings.places.get(variable) for variable in variables)
    return next((place for place in places if place is not None), None)
