"""Takes Content-Security-Policies, gives them such that one script of ours may run.

Pure. What is added is the exact address of that script, and of the stream it listens
to, and nothing more: what the app's own policy refuses stays refused (W3C, "Content
Security Policy Level 3", sections 6.7.2 and 6.8). The addresses have no scheme, so that
they hold behind a proxy that speaks TLS too.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_HOST = re.compile(r"[A-Za-z0-9._-]+(:[0-9]+)?")
_NONCE = re.compile(r"'nonce-([A-Za-z0-9+/_=-]+)'", re.IGNORECASE)
_SCRIPT_DIRECTIVES = ("script-src-elem", "script-src", "default-src")
_CONNECT_DIRECTIVES = ("connect-src", "default-src")


class PolicyRefusalError(ValueError):
    """A policy that lets no script of ours run, and may not be extended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be allowed."""

    host: str
    """The request's Host header."""
    script_path: str
    stream_path: str

    def address(self, path: str) -> str:
        """Give the source expression of a path.

        Raises:
            PolicyRefusalError: the host is one that policies cannot name.
        """
        if not _HOST.fullmatch(self.host):
            raise PolicyRefusalError(f'a policy cannot name the host "{self.host}"')
        return f"{self.host}{path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Policies that let the script run."""

    policies: tuple[str, ...]
    nonce: str | None
    """What the script's element has to carry."""


def admit(policies: Iterable[str], wanted: Wanted) -> Admission:
    """Give the policies with what is wanted allowed.

    Args:
        policies: the values of the headers; one may hold several, with commas.
        wanted: what is to be allowed.

    Raises:
        PolicyRefusalError: one of them cannot be extended.
    """
    headers = tuple(policies)
    nonces = _NONCE.findall(" ".join(headers))
    nonce = nonces[0] if nonces else None
    extended = tuple(
        ", ".join(_extended(policy, wanted, nonce) for policy in header.split(","))
        for header in headers
    )
    return Admission(policies=extended, nonce=nonce)


def _extended(policy: str, wanted: Wanted, nonce: str | None) -> str:
    directives = _parse(policy)
    _refuse_sandboxed(directives)
    added = [
        _script_directive(directives, wanted, nonce),
        _connect_directive(directives, wanted),
    ]
    changed = dict(filter(None, added))
    if not changed:
        return policy.strip()
    return "; ".join(
        " ".join((name, *sources))
        for name, sources in {**directives, **changed}.items()
    )


def _parse(policy: str) -> dict[str, tuple[str, ...]]:
    directives: dict[str, tuple[str, ...]] = {}
    for part in policy.split(";"):
        name, *sources = part.split() or [""]
        if name:
            directives.setdefault(name.lower(), tuple(sources))
    return directives


def _refuse_sandboxed(directives: dict[str, tuple[str, ...]]) -> None:
    flags = directives.get("sandbox")
    if flags is not None and not {"allow-scripts", "allow-same-origin"} <= set(flags):
        raise PolicyRefusalError('it has "sandbox"')


def _script_directive(
    directives: dict[str, tuple[str, ...]], wanted: Wanted, nonce: str | None
) -> tuple[str, tuple[str, ...]] | None:
    """Give the directive to change; None where the script is allowed as it is."""
    found = _governing(directives, _SCRIPT_DIRECTIVES)
    if found is None:
        return None
    name, sources = found
    if nonce and any(nonce in _NONCE.findall(source) for source in sources):
        return None
    if "'strict-dynamic'" in map(str.lower, sources):
        raise PolicyRefusalError("it has 'strict-dynamic' without a nonce")
    return _with_address(
        name if name != "default-src" else "script-src",
        sources,
        wanted,
        wanted.script_path,
    )


def _connect_directive(
    directives: dict[str, tuple[str, ...]], wanted: Wanted
) -> tuple[str, tuple[str, ...]] | None:
    found = _governing(directives, _CONNECT_DIRECTIVES)
    if found is None:
        return None
    return _with_address("connect-src", found[1], wanted, wanted.stream_path)


def _governing(
    directives: dict[str, tuple[str, ...]], names: Iterable[str]
) -> tuple[str, tuple[str, ...]] | None:
    return next(
        ((name, directives[name]) for name in names if name in directives), None
    )


def _with_address(
    name: str, sources: tuple[str, ...], wanted: Wanted, path: str
) -> tuple[str, tuple[str, ...]] | None:
    """Give the directive with the address; None where its sources have it already."""
    if {"'self'", "*"} & {source.lower() for source in sources}:
        return None
    kept = tuple(source for source in sources if source.lower() != "'none'")
    return name, (*kept, wanted.address(path))
