"""ARC_APP_SECRET → what is unsafe or surprising about it; its text is never quoted."""

from collections.abc import Iterator

from sandbox.project.advice import Advice, Level, Surroundings
from sandbox.sessions.settings import SessionSettings, SessionSettingsError

_VARIABLE = "ARC_APP_SECRET"
_ADVISED_CHARACTERS = 32
_MAKE_ONE = 'Make one with "openssl rand -base64 32" and set it for every environment.'


def advise_secret(
    settings: SessionSettings, surroundings: Surroundings
) -> tuple[Advice, ...]:
    """Give what will bite: default, empty, short, truncated, or not ASCII."""
    if not settings.secret:
        return tuple(_absent(settings, surroundings))
    return (
        *_short(settings, surroundings),
        *_truncated(settings, surroundings),
        *_not_ascii(settings, surroundings),
    )


def _advice(
    surroundings: Surroundings, level: Level, code: str, *, what: str, why: str
) -> Advice:
    return Advice(
        level=level,
        code=code,
        what=what,
        why=why,
        fix=_MAKE_ONE,
        where=surroundings.places.get(_VARIABLE),
    )


def _absent(settings: SessionSettings, surroundings: Surroundings) -> Iterator[Advice]:
    is_name = settings.key_source == "ARC_APP_NAME"
    key = "the app's name" if is_name else "a public constant"
    if _VARIABLE in surroundings.environment:
        is_fatal = surroundings.pypi_helper and settings.store == "jwe"
        yield _advice(
            surroundings,
            "error" if is_fatal else "warning",
            "secret-empty",
            what=f"{_VARIABLE} is set, but empty.",
            why=f"@architect/functions then uses {key}; architect-functions the empty "
            "text, which signs for everyone and encrypts for no one.",
        )
        return
    yield _advice(
        surroundings,
        "hint" if surroundings.stage == "testing" else "warning",
        "secret-default",
        what=f"{_VARIABLE} is not set, so that sessions are protected by {key}.",
        why="Anyone can forge a session: harmless here, an open door when deployed.",
    )


def _short(settings: SessionSettings, surroundings: Surroundings) -> Iterator[Advice]:
    if settings.store == "table":
        if len(settings.secret) < _ADVISED_CHARACTERS:
            yield _advice(
                surroundings,
                "hint" if surroundings.stage == "testing" else "warning",
                "secret-short",
                what=f"{_VARIABLE} has {len(settings.secret)} characters.",
                why="It works for table-backed sessions, but fewer than 32 can be "
                "guessed.",
            )
        return
    try:
        settings.encryption_key()
    except SessionSettingsError as error:
        yield _advice(
            surroundings,
            "error",
            "secret-short",
            what=error.message,
            why="No session can be written; architect-functions reads each as empty.",
        )


def _truncated(
    settings: SessionSettings, surroundings: Surroundings
) -> Iterator[Advice]:
    length = len(settings.secret.encode("utf-8", "surrogatepass"))
    if settings.store == "table" or settings.legacy or length <= settings.key_bytes:
        return
    yield _advice(
        surroundings,
        "hint",
        "secret-truncated",
        what=f"{_VARIABLE} has {length} bytes, and {settings.algorithm} uses the first "
        f"{settings.key_bytes}.",
        why="Secrets that differ only after that are the same; of base64 text each "
        "character is worth 6 bits, not 8.",
    )


def _not_ascii(
    settings: SessionSettings, surroundings: Surroundings
) -> Iterator[Advice]:
    if settings.secret.isascii():
        return
    yield _advice(
        surroundings,
        "error" if surroundings.pypi_helper and settings.store == "jwe" else "warning",
        "secret-non-ascii",
        what=f"{_VARIABLE} has characters that are not ASCII.",
        why="Helpers cut it by characters and use it by bytes, so that keys differ; "
        "architect-functions refuses it for tokens.",
    )
