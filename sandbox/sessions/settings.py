"""A function's environment variables → the session settings its helper works by.

Rules are those of Architect's sessions guide (arc.codes, "Sessions"); where
`@architect/functions` 8 and `architect-functions` 1 differ from it, the guide wins.
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, cast

from sandbox.errors import AppError

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
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]")


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
        """Read the settings from a function's environment; empty means not set.

        Args:
            environment: of the function.
            helper: keeps its sessions. architect-functions has no legacy keys, sends
                `lax` always, and signs with an empty secret where it is set so; and
                only our own asks for an algorithm where sessions are rows.

        Raises:
            SessionSettingsError: a value that no session could work with. A JWE secret
                that is too short is told by `encryption_key`, as only JWE needs it.
        """
        is_pypi, table_name = helper == "pypi", _table_name(environment)
        legacy = bool(environment.get("ARC_FORCE_LEGACY_JWE_SECRET")) and not is_pypi
        is_asked = helper == "own" or table_name is None
        return cls(
            table_name=table_name,
            secret=environment.get("ARC_APP_SECRET", ""),
            app_name=environment.get("ARC_APP_NAME", ""),
            algorithm=_algorithm(environment, legacy=legacy, is_asked=is_asked),
            legacy=legacy,
            max_age_seconds=_max_age_seconds(environment),
            domain=_domain(environment),
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
        """Give the JWE key: the secret's first octets in UTF-8, as many as are needed.

        Raises:
            SessionSettingsError: the secret is shorter than the algorithm's key.
        """
        secret = self.secret or DEFAULT_KEY
        if self.legacy and self.secret:
            octets = _lenient_base64(secret)
        else:
            octets = secret.encode("utf-8")
        if len(octets) < self.key_bytes:
            raise _short_secret(self, len(octets))
        return octets[: self.key_bytes]


def _short_secret(settings: SessionSettings, found_bytes: int) -> SessionSettingsError:
    read_as = "read as base64, " if settings.legacy else ""
    return SessionSettingsError(
        f"ARC_APP_SECRET is too short for {settings.algorithm}: {read_as}it gives "
        f"{found_bytes} bytes, and {settings.key_bytes} are required.",
        variable="ARC_APP_SECRET",
        remedy='Make one with "openssl rand -base64 32".',
    )


def _first_set(environment: Mapping[str, str], *names: str) -> tuple[str, str] | None:
    """Give the first variable that is set and not empty, with its value."""
    return next(
        ((name, environment[name]) for name in names if environment.get(name)), None
    )


def _table_name(environment: Mapping[str, str]) -> str | None:
    found = _first_set(environment, "ARC_SESSION_TABLE_NAME", "SESSION_TABLE_NAME")
    return None if found is None or found[1] == JWE else found[1]


def _algorithm(
    environment: Mapping[str, str], *, legacy: bool, is_asked: bool
) -> Algorithm:
    if legacy:
        return "A128GCM"
    name = (is_asked and environment.get("ARC_APP_SECRET_ALGO")) or "A256GCM"
    if name not in KEY_BYTES:
        raise SessionSettingsError(
            f'ARC_APP_SECRET_ALGO is "{name}", which is no token algorithm.',
            variable="ARC_APP_SECRET_ALGO",
            remedy=f"Set it to one of {', '.join(KEY_BYTES)}.",
        )
    return cast(Algorithm, name)


def _max_age_seconds(environment: Mapping[str, str]) -> int:
    found = _first_set(environment, "ARC_SESSION_TTL", "SESSION_TTL")
    if found is None:
        return DEFAULT_MAX_AGE_SECONDS
    variable, value = found
    if not _INTEGER.fullmatch(value.strip()):
        raise SessionSettingsError(
            f'{variable} is "{value}", which is no whole number of seconds.',
            variable=variable,
            remedy="Set it to digits alone; 86400 is a day.",
        )
    return int(value)


def _domain(environment: Mapping[str, str]) -> str | None:
    found = _first_set(environment, "ARC_SESSION_DOMAIN", "SESSION_DOMAIN")
    if found is None:
        return None
    variable, value = found
    if not _DOMAIN.fullmatch(value):
        raise SessionSettingsError(
            f'{variable} is "{value}", which is no domain name.',
            variable=variable,
            remedy='Set it to a bare name, such as "example.com".',
        )
    return value


def _same_site(environment: Mapping[str, str]) -> SameSite:
    value = environment.get("ARC_SESSION_SAME_SITE") or "lax"
    name = value.capitalize()
    if name not in ("Lax", "Strict", "None"):
        raise SessionSettingsError(
            f'ARC_SESSION_SAME_SITE is "{value}", which is no SameSite mode.',
            variable="ARC_SESSION_SAME_SITE",
            remedy="Set it to lax, strict or none.",
        )
    return cast(SameSite, name)


def _lenient_base64(text: str) -> bytes:
    """Decode base64 as Node's Buffer does: either alphabet, ends at the first `=`.

    Characters of neither alphabet are passed over; `@architect/functions` hands the
    legacy secret to Buffer as it stands.
    """
    letters = text.split("=", 1)[0].replace("-", "+").replace("_", "/")
    letters = _NOT_BASE64.sub("", letters)
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    return base64.b64decode(letters + "=" * (-len(letters) % 4))
