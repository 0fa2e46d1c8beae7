"""A function's environment variables → the session settings its helper works by.

For our own helper the rules are those of Architect's sessions guide (arc.codes,
"Sessions"); for `@architect/functions` 8 and `architect-functions` 1 their own.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, cast

from sandbox.errors import AppError
from sandbox.manifest.javascript import is_integer, to_number
from sandbox.sessions.encryption_key import (
    UnusableSecretError,
    jose_key,
    legacy_key,
    node_key,
    own_key,
)

Algorithm: TypeAlias = Literal["A256GCM", "A192GCM", "A128GCM"]
SameSite: TypeAlias = Literal["Lax", "Strict", "None"]
Helper: TypeAlias = Literal["own", "pypi", "npm"]
"""Whose code reads the session: ours, architect-functions, @architect/functions."""
KeySource: TypeAlias = Literal["ARC_APP_SECRET", "ARC_APP_NAME", "default"]

KEY_BYTES: Mapping[Algorithm, int] = {"A256GCM": 32, "A192GCM": 24, "A128GCM": 16}
"""The key length of each content encryption (RFC 7518 section 5.3)."""

DEFAULT_KEY = "12345678901234567890123456789012"
"""The public constant that both helpers fall back to, cut to the key length."""

DEFAULT_MAX_AGE_SECONDS = 788_400_000
"""Twenty-five years: the helpers' value where ARC_SESSION_TTL is not set."""

JWE = "jwe"
"""The value of ARC_SESSION_TABLE_NAME that means the JWE store."""

_INTEGER = re.compile(r"[+-]?[0-9]{1,15}")
_DOMAIN = re.compile(r"[A-Za-z0-9._-]+")
_NODE_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_NODE_DOMAIN = re.compile(rf"(?:\.?{_NODE_LABEL})?(?:\.{_NODE_LABEL})*")
"""What the npm package `cookie` takes for a domain."""
_NODE_LAST_SECONDS = 8_638_000_000_000
"""JavaScript's dates end 8,640,000,000,000 seconds after 1970; less some years."""
_PYTHON_LAST_SECONDS = 10**300
"""architect-functions turns them into milliseconds, and those into a float."""
TABLE_VARIABLES = ("ARC_SESSION_TABLE_NAME", "SESSION_TABLE_NAME")
_KEYS: Mapping[Helper, Callable[[str, int], bytes]] = {
    "own": own_key,
    "pypi": jose_key,
    "npm": node_key,
}


class SessionSettingsError(AppError):
    """A session variable whose value cannot work.

    Args:
        message: the fact, with the value in quotes where it is no secret.
        variable: the environment variable at fault.
        remedy: what to set it to.
    """

    def __init__(self, message: str, *, variable: str, remedy: str) -> None:
        super().__init__(message, remedy=remedy)
        self.variable = variable


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSettings:
    """Everything that decides how a session is stored, signed and sent."""

    table_name: str | None = None
    """The sessions table, logical or physical; None where sessions are JWE."""
    secret: str = field(default="", repr=False)
    """ARC_APP_SECRET as it is set; empty where it is not."""
    app_name: str = ""
    algorithm: Algorithm = "A256GCM"
    legacy: bool = False
    """ARC_FORCE_LEGACY_JWE_SECRET: A128GCM, the secret read as base64."""
    max_age_seconds: int = DEFAULT_MAX_AGE_SECONDS
    domain: str | None = None
    same_site: SameSite = "Lax"
    secure: bool = True
    helper: Helper = "own"
    """Whose code works by them; what it does otherwise than the guide counts."""
    has_empty_secret: bool = False
    """ARC_APP_SECRET is there and empty, and the helper signs with that."""

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str], *, helper: Helper = "own"
    ) -> "SessionSettings":
        """Read the settings from a function's environment.

        Args:
            environment: of the function.
            helper: keeps its sessions. architect-functions has no legacy keys, sends
                `lax` always, and takes what is empty for set; @architect/functions
                reads numbers as JavaScript does; and only our own asks for an
                algorithm where sessions are rows.

        Raises:
            SessionSettingsError: a value that no session could work with. A JWE secret
                that gives no key is told by `encryption_key`, as only JWE needs it.
        """
        is_pypi, table_name = helper == "pypi", _table_name(environment, helper)
        legacy = bool(environment.get("ARC_FORCE_LEGACY_JWE_SECRET")) and not is_pypi
        is_asked = helper == "own" or table_name is None
        algorithm = _algorithm(environment, helper) if is_asked else "A256GCM"
        return cls(
            table_name=table_name,
            secret=environment.get("ARC_APP_SECRET", ""),
            app_name=environment.get("ARC_APP_NAME", ""),
            algorithm="A128GCM" if legacy else algorithm,
            legacy=legacy,
            max_age_seconds=_max_age_seconds(environment, helper),
            domain=_domain(environment, helper),
            same_site="Lax" if is_pypi else _same_site(environment),
            secure=environment.get("ARC_ENV") != "testing",
            helper=helper,
            has_empty_secret=is_pypi and environment.get("ARC_APP_SECRET") == "",
        )

    @property
    def store(self) -> Literal["jwe", "table"]:
        """Which of the two stores sessions live in."""
        return "jwe" if self.table_name is None else "table"

    @property
    def key_source(self) -> KeySource:
        """Where the key comes from; `default` is public, so anyone can forge with it.

        Only table-backed sessions fall back to the app's name.
        """
        if self.secret:
            return "ARC_APP_SECRET"
        if self.store == "table" and self.app_name and not self.has_empty_secret:
            return "ARC_APP_NAME"
        return "default"

    @property
    def signing_secret(self) -> str:
        """The key that signs the cookie of a table-backed session; any length works."""
        if self.has_empty_secret:
            return ""
        return self.secret or self.app_name or "fallback"

    @property
    def key_bytes(self) -> int:
        """How many octets of key the algorithm takes."""
        return KEY_BYTES[self.algorithm]

    def encryption_key(self) -> bytes:
        """Give the JWE key, as the helper makes it of the secret.

        Raises:
            SessionSettingsError: the secret does not give the algorithm's key.
        """
        if self.has_empty_secret:
            raise _unusable_secret(self, "it is empty")
        take = legacy_key if self.legacy and self.secret else _KEYS[self.helper]
        try:
            return take(self.secret or DEFAULT_KEY, self.key_bytes)
        except UnusableSecretError as error:
            raise _unusable_secret(self, str(error)) from error


def _unusable_secret(settings: SessionSettings, why: str) -> SessionSettingsError:
    fault = "no key for" if why.startswith("cut") else "too short for"
    return SessionSettingsError(
        f"ARC_APP_SECRET is {fault} {settings.algorithm}: {why}.",
        variable="ARC_APP_SECRET",
        remedy='Make one with "openssl rand -base64 32".',
    )


def _first_set(
    environment: Mapping[str, str], helper: Helper, *names: str
) -> tuple[str, str] | None:
    """Give the first variable that counts as set, with its value.

    Empty is not set, but for architect-functions.
    """
    return next(
        (
            (name, environment[name])
            for name in names
            if environment.get(name) or (helper == "pypi" and name in environment)
        ),
        None,
    )


def _is_empty(variable: str, remedy: str) -> SessionSettingsError:
    return SessionSettingsError(
        f"{variable} is set, but empty.", variable=variable, remedy=remedy
    )


def _table_name(environment: Mapping[str, str], helper: Helper) -> str | None:
    """Give the table's name; either variable alone says JWE to the npm helper."""
    given = [environment.get(name) for name in TABLE_VARIABLES]
    if helper == "npm" and JWE in given:
        return None
    found = _first_set(environment, helper, *TABLE_VARIABLES)
    if helper != "own" and "" in given and (found is None or not found[1]):
        # The other helper has no default: the sandbox sets one, as Architect does.
        raise _is_empty(TABLE_VARIABLES[0], f'Set it to "{JWE}", or to a table.')
    return None if found is None or found[1] == JWE else found[1]


def _algorithm(environment: Mapping[str, str], helper: Helper) -> Algorithm:
    variable = "ARC_APP_SECRET_ALGO"
    found = _first_set(environment, helper, variable)
    name = "A256GCM" if found is None else found[1]
    remedy = f"Set it to one of {', '.join(KEY_BYTES)}."
    if not name:
        raise _is_empty(variable, remedy)
    if name not in KEY_BYTES:
        raise SessionSettingsError(
            f'{variable} is "{name}", which is not a token algorithm.',
            variable=variable,
            remedy=remedy,
        )
    return cast(Algorithm, name)


def _max_age_seconds(environment: Mapping[str, str], helper: Helper) -> int:
    found = _first_set(environment, helper, "ARC_SESSION_TTL", "SESSION_TTL")
    if found is None:
        return DEFAULT_MAX_AGE_SECONDS
    variable, value = found
    remedy = "Set it to digits alone; 86400 is a day."
    if not value:
        raise _is_empty(variable, remedy)
    seconds = _SECONDS[helper](value)
    if seconds is None:
        is_whole = re.fullmatch("[+-]?[0-9]+", value.strip())
        why = "too many seconds" if is_whole else "not a whole number of seconds"
        raise SessionSettingsError(
            f'{variable} is "{value}", which is {why}.',
            variable=variable,
            remedy=remedy,
        )
    return seconds


def _own_seconds(value: str) -> int | None:
    return int(value) if _INTEGER.fullmatch(value.strip()) else None


def _python_seconds(value: str) -> int | None:
    try:
        seconds = int(value)
    except ValueError:
        return None
    return seconds if abs(seconds) < _PYTHON_LAST_SECONDS else None


def _node_seconds(value: str) -> int | None:
    seconds = to_number(value)
    if seconds is None or not is_integer(seconds):
        return None
    return int(seconds) if abs(seconds) < _NODE_LAST_SECONDS else None


_SECONDS: Mapping[Helper, Callable[[str], int | None]] = {
    "own": _own_seconds,
    "pypi": _python_seconds,
    "npm": _node_seconds,
}


def _domain(environment: Mapping[str, str], helper: Helper) -> str | None:
    found = _first_set(environment, helper, "ARC_SESSION_DOMAIN", "SESSION_DOMAIN")
    if found is None or not found[1]:
        return None
    variable, value = found
    if not (_NODE_DOMAIN if helper == "npm" else _DOMAIN).fullmatch(value):
        raise SessionSettingsError(
            f'{variable} is "{value}", which is not a domain name.',
            variable=variable,
            remedy='Set it to a bare name, such as "example.com".',
        )
    return value


def _same_site(environment: Mapping[str, str]) -> SameSite:
    value = environment.get("ARC_SESSION_SAME_SITE") or "lax"
    name = value.capitalize()
    if name not in ("Lax", "Strict", "None"):
        raise SessionSettingsError(
            f'ARC_SESSION_SAME_SITE is "{value}", which is not a SameSite mode.',
            variable="ARC_SESSION_SAME_SITE",
            remedy="Set it to lax, strict or none.",
        )
    return cast(SameSite, name)
