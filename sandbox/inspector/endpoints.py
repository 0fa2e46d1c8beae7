"""The table of endpoints: what the API documents is what it dispatches by."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Literal, TypeAlias
from urllib.parse import unquote

from sandbox.inspector.messages import Answer, ApiError, ApiRequest
from sandbox.inspector.schemas import Schema

Method: TypeAlias = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of an endpoint's query."""

    name: str
    description: str
    type: Literal["string", "integer", "boolean"] = "string"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One thing that can be asked; four facts in their order, further ones by name."""

    method: Method
    path: str
    """Such as `/api/requests/{id}`; a parameter is a whole segment."""
    summary: str
    answer: Callable[[ApiRequest], Answer]
    _: KW_ONLY
    gives: Schema
    """What is answered."""
    takes: Schema | None = None
    """The body that it takes; None where it takes none."""
    query: tuple[Parameter, ...] = ()
    media_type: str = "application/json"
    """Of the answer."""

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """The names in the path, in order."""
        return tuple(part[1:-1] for part in self.path.split("/") if _is_open(part))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An endpoint, and what the path says about its parameters."""

    endpoint: Endpoint
    path: Mapping[str, str]


class Directory:
    """Finds the endpoint for a method and a path.

    Args:
        endpoints: each pair of method and path once.
    """

    def __init__(self, endpoints: Iterable[Endpoint]) -> None:
        by_openness = sorted(endpoints, key=lambda one: len(one.parameter_names))
        self.endpoints = tuple(by_openness)

    def find(self, method: str, raw_path: str) -> Found:
        """Give the endpoint; one whose path is all literal comes first.

        Args:
            method: in capitals; HEAD finds what GET finds.
            raw_path: as sent, percent-encoded, so that an encoded slash in an id is
                no border between segments.

        Raises:
            ApiError: 404 for an unknown path, 405 for another method, with `Allow`.
        """
        wanted = "GET" if method == "HEAD" else method
        allowed = []
        for endpoint in self.endpoints:
            path = match_path(endpoint.path, raw_path)
            if path is None:
                continue
            if endpoint.method == wanted:
                return Found(endpoint=endpoint, path=path)
            allowed.append(endpoint.method)
        if not allowed:
            raise ApiError(
                404,
                f'The API has nothing at "{raw_path}".',
                remedy="GET /api/openapi.json lists what it has.",
            )
        methods = ", ".join(dict.fromkeys(allowed))
        raise ApiError(
            405,
            f'"{raw_path}" does not take {method}.',
            remedy=f"Use {methods}.",
            headers=(("Allow", methods),),
        )


def match_path(template: str, raw_path: str) -> Mapping[str, str] | None:
    """Give the parameters of a path that fits a template, or None where it does not.

    Args:
        template: such as `/api/requests/{id}`; a parameter is a whole segment.
        raw_path: as sent, percent-encoded.
    """
    wanted, found = template.split("/"), raw_path.split("/")
    if len(wanted) != len(found):
        return None
    parameters = {}
    for part, text in zip(wanted, found, strict=True):
        if not _is_open(part):
            if part != text:
                return None
            continue
        value = _decode(text)
        if not value:
            return None
        parameters[part[1:-1]] = value
    return parameters


def _is_open(part: str) -> bool:
    return part.startswith("{")


def _decode(text: str) -> str:
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        return ""
