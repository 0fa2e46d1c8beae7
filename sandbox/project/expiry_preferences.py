"""`@sandbox ttl` and `@sandbox ttl-lag` in, how items expire out."""

from collections.abc import Iterator
from typing import Literal, TypeAlias

from sandbox.durations import parse_duration
from sandbox.json_value import JsonValue
from sandbox.manifest import javascript
from sandbox.project.reading import setting

ExpiryMode: TypeAlias = Literal["guide", "aws"]
"""As Architect's sessions guide promises, or strictly as AWS would."""

MODE_KEY = "ttl"
LAG_KEY = "ttl-lag"
MODES: tuple[ExpiryMode, ...] = ("guide", "aws")


def expiry_mode(settings: JsonValue) -> ExpiryMode:
    """Give `@sandbox ttl`, of settings that were checked; `guide` where not set."""
    return "aws" if setting(settings, MODE_KEY) == "aws" else "guide"


def expiry_lag_seconds(settings: JsonValue) -> float:
    """Give `@sandbox ttl-lag`, of settings that were checked; 0 where not set."""
    value = setting(settings, LAG_KEY)
    return 0.0 if value is None else _lag_seconds(value)


def expiry_problems(settings: JsonValue) -> Iterator[tuple[str, str, str]]:
    """Check the settings of `@sandbox`; give key, fact and remedy of what is wrong."""
    mode = setting(settings, MODE_KEY)
    if mode is not None and mode not in MODES:
        yield (
            MODE_KEY,
            f'@sandbox {MODE_KEY} is "{_text(mode)}".',
            'Write "ttl aws" for exactly what AWS would delete, or "ttl guide" for '
            "what the sessions guide promises.",
        )
    lag = setting(settings, LAG_KEY)
    try:
        if lag is not None:
            _lag_seconds(lag)
    except ValueError:
        yield (
            LAG_KEY,
            f'@sandbox {LAG_KEY} is "{_text(lag)}".',
            "Write a duration with its unit: 90s, 15m, 48h or 7d.",
        )


def _lag_seconds(value: JsonValue) -> float:
    seconds = parse_duration(_text(value))
    if seconds < 0:
        raise ValueError(f'"{value}" is before the time that is due.')
    return seconds


def _text(value: JsonValue) -> str:
    if isinstance(value, list):
        return " ".join(javascript.to_text(part) for part in value)
    return javascript.to_text(value)
