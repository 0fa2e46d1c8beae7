"""Where tables are, by flags, variables and preferences."""

import pytest

from sandbox.backing import (
    Backing,
    Wishes,
    backing_notices,
    choose_backing,
    effective_stage,
    functions_shell,
    is_on,
)
from sandbox.json_value import JsonValue
from sandbox.project.model import Preferences, Stage


def preferences(**sandbox: JsonValue) -> Preferences:
    """Give preferences; an underscore stands for a hyphen."""
    named = {name.replace("_", "-"): value for name, value in sandbox.items()}
    return Preferences(settings={"sandbox": named})


@pytest.mark.parametrize(
    ("stage", "wishes", "preferred", "backing"),
    [
        ("testing", {}, {}, "memory"),
        ("testing", {"persist": True}, {}, "disk"),
        ("testing", {}, {"persist": True}, "disk"),
        ("testing", {"persist": False}, {"persist": True}, "memory"),
        ("testing", {"external_db": True}, {"persist": True}, "external"),
        ("testing", {}, {"external_db": True}, "external"),
        ("testing", {"use_aws": True}, {}, "memory"),
        ("staging", {"use_aws": True}, {"external_db": True}, "aws"),
        ("production", {}, {"useAWS": True}, "aws"),
        ("staging", {"use_aws": False}, {"useAWS": True}, "memory"),
        ("staging", {}, {"useAws": True}, "memory"),
    ],
)
def test_the_farthest_place_that_is_asked_for_wins(
    stage: Stage,
    wishes: dict[str, bool],
    preferred: dict[str, JsonValue],
    backing: Backing,
) -> None:
    """ARC_LOCAL counts in stages that exist in AWS; a flag beats a preference."""
    chosen = choose_backing(stage, Wishes(**wishes), preferences(**preferred))

    assert chosen == backing


@pytest.mark.parametrize(
    ("stage", "use_aws", "effective"),
    [
        ("testing", None, "staging"),
        ("production", None, "production"),
        ("testing", False, "testing"),
    ],
)
def test_use_aws_forces_a_stage_that_exists_there(
    stage: Stage,
    use_aws: bool | None,  # noqa: FBT001 - None has a meaning of its own
    effective: Stage,
) -> None:
    """Unless a program has refused AWS."""
    wishes = Wishes(use_aws=use_aws)

    assert effective_stage(stage, wishes, preferences(useAWS=True)) == effective
    assert effective_stage(stage, wishes, preferences()) == stage


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("", False),
        ("0", False),
        ("False", False),
        ("true", True),
        ("1", True),
    ],
)
def test_variables_are_read(value: str | None, expected: object) -> None:
    """A developer who writes ARC_LOCAL=false does not mean AWS."""
    assert is_on(value) is expected


def test_notices_say_what_follows() -> None:
    """Real data, no expiry elsewhere, and wishes that come to nothing."""

    def told(backing: Backing, **preferred: JsonValue) -> list[str]:
        notices = backing_notices(
            backing,
            stage="staging",
            wishes=Wishes(),
            preferences=preferences(**preferred),
        )
        return [notice.split(".")[0] for notice in notices]

    assert told("memory") == []
    assert told("disk", persist=True) == []
    assert told("aws")[0].startswith("Functions use REAL DATA: tables, events")
    assert told("external", persist=True) == [
        "Tables are in an external database",
        "persist does nothing, as the sandbox has no tables of its own",
    ]


def test_functions_learn_of_aws_by_arc_local() -> None:
    """And never by accident in a stage whose tables are here."""
    shell = {"ARC_LOCAL": "false", "PATH": "/bin"}

    aws = functions_shell({"PATH": "/bin"}, stage="staging", backing="aws")
    here = functions_shell(shell, stage="staging", backing="memory")

    assert aws == {"PATH": "/bin", "ARC_LOCAL": "true"}
    assert here == {"PATH": "/bin"}
    assert functions_shell(shell, stage="testing", backing="memory") == shell
