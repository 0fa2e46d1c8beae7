"""An environment → the same with its secrets hidden, judged by name and shape."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

MASK = "••••••••"

_SECRET_NAME = re.compile(
    r"SECRET|TOKEN|PASSW|PASSPHRASE|PASSCODE|CREDENTIAL|PRIVATE|SALT|SIGNATURE"
    r"|COOKIE|DSN|WEBHOOK"
    r"|(^|_)(API|ACCESS|AUTH|ENCRYPTION|SIGNING|MASTER)?_?(KEY|PWD|PASS|AUTH|PIN)S?(_|$)",
    re.IGNORECASE,
)
_PASSWORD_IN_URL = re.compile(
    r"(?<![a-z0-9+.-])[a-z][a-z0-9+.-]*+://[^/\s:@]*+:[^/\s@]++@", re.IGNORECASE
)
_PEM = "-----BEGIN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One variable that a function sees."""

    name: str
    value: str
    """The mask where it is hidden."""
    is_secret: bool
    """Whether it looks like a secret, hidden or not."""


def show_variables(
    environment: Mapping[str, str], *, reveal: bool
) -> tuple[Variable, ...]:
    """Give variables in order of names, secrets hidden unless they are asked for."""
    return tuple(
        Variable(
            name=name,
            value=MASK if is_secret(name, value) and not reveal else value,
            is_secret=is_secret(name, value),
        )
        for name, value in sorted(environment.items())
    )


def is_secret(name: str, value: str) -> bool:
    """Tell whether a variable looks like one that is nobody else's business."""
    return bool(value) and (
        _SECRET_NAME.search(name) is not None
        or _PASSWORD_IN_URL.search(value) is not None
        or _PEM in value
    )
