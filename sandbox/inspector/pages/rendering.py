"""Makes the Jinja2 environment: autoescape on, undefined names are errors."""

from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from sandbox.inspector.pages.api_reader import api_path
from sandbox.inspector.pages.json_markup import json_markup
from sandbox.inspector.pages.spoken import (
    day_time,
    iso_time,
    spoken_bytes,
    spoken_left,
    spoken_ms,
    spoken_past,
    spoken_status,
    spoken_time,
)
from sandbox.inspector.pages.words import (
    address,
    function_name,
    key_text,
    one_line,
)
from sandbox.json_value import pretty_json

FILTERS: Mapping[str, Callable[..., Any]] = {
    "address": address,
    "bytes": spoken_bytes,
    "day_time": day_time,
    "function_name": function_name,
    "iso_time": iso_time,
    "json": json_markup,
    "key_text": key_text,
    "left": spoken_left,
    "ms": spoken_ms,
    "one_line": one_line,
    "past": spoken_past,
    "pretty": pretty_json,
    "status_class": spoken_status,
    "time": spoken_time,
}


def make_environment() -> Environment:
    """Give what renders the templates of this package; every value is escaped."""
    environment = Environment(
        loader=PackageLoader("sandbox.inspector"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(FILTERS)
    environment.globals["api_path"] = api_path
    return environment
