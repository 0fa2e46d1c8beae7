"""Takes what was asked for, says where the app's tables are: here, or elsewhere.

`@sandbox persist`, `external-db` and `useAWS` of the preferences say the same as the
flags and variables, which have been folded into `Wishes` (arc.codes, "Local
preferences"; `useAWS`, ARC_LOCAL and ARC_DB_EXTERNAL are `@architect/sandbox`'s).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sandbox.project.model import Preferences, Stage

Backing: TypeAlias = Literal["memory", "disk", "external", "aws"]
"""Where tables are: in this process; there and on disk; in a database that somebody
else runs on this machine; in AWS."""

_OFF = frozenset({"", "0", "false"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What flags and variables ask for; None leaves it to the preferences."""

    persist: bool | None = None
    external_db: bool | None = None
    use_aws: bool | None = None


def is_on(value: str | None) -> bool | None:
    """Read a variable such as ARC_LOCAL: None where it is not set."""
    return None if value is None else value.strip().lower() not in _OFF


def effective_stage(stage: Stage, wishes: Wishes, preferences: Preferences) -> Stage:
    """Give the stage; `@sandbox useAWS` leaves only those that exist in AWS."""
    asked = wishes.use_aws is not False and _preferred("useAWS", preferences)
    return "staging" if asked and stage == "testing" else stage


def choose_backing(stage: Stage, wishes: Wishes, preferences: Preferences) -> Backing:
    """Give where tables are; the farthest place that is asked for wins."""
    if stage != "testing" and _asked("useAWS", wishes.use_aws, preferences):
        return "aws"
    if _asked("external-db", wishes.external_db, preferences):
        return "external"
    return "disk" if _asked("persist", wishes.persist, preferences) else "memory"


def backing_notices(
    backing: Backing, *, stage: Stage, wishes: Wishes, preferences: Preferences
) -> tuple[str, ...]:
    """Say at start what follows from where the tables are."""
    told = []
    if backing == "aws":
        told.append(
            f"Functions use REAL DATA: tables, events and queues of stage {stage} in "
            "AWS, with your own credentials. The sandbox has no tables. Remove "
            "ARC_LOCAL and @sandbox useAWS to work locally."
        )
    if backing == "external":
        told.append(
            "Tables are in an external database. What expires there is for it to "
            "delete: the sandbox's clock and TTL do not act on it."
        )
    if backing in ("aws", "external") and _asked(
        "persist", wishes.persist, preferences
    ):
        told.append("persist does nothing, as the sandbox has no tables of its own.")
    return tuple(told)


def functions_shell(
    shell: Mapping[str, str], *, stage: Stage, backing: Backing
) -> Mapping[str, str]:
    """Give the shell for functions: ARC_LOCAL in it says that they use real AWS."""
    if backing == "aws":
        return {**shell, "ARC_LOCAL": "true"}
    if stage == "testing":
        return shell
    return {name: value for name, value in shell.items() if name != "ARC_LOCAL"}


def _asked(name: str, wish: bool | None, preferences: Preferences) -> bool:  # noqa: FBT001 - None has a meaning of its own
    return _preferred(name, preferences) if wish is None else wish


def _preferred(name: str, preferences: Preferences) -> bool:
    return preferences.sandbox(name) is True
