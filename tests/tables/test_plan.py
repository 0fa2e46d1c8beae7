"""The steps from one manifest to the next."""

from collections.abc import Callable
from dataclasses import replace

from sandbox.project.model import Key, Project, Table
from sandbox.tables.plan import declarations, plan

CATS = Table(name="cats", partition_key=Key(attribute="id"))
DOGS = Table(name="dogs", partition_key=Key(attribute="id"))

MakeProject = Callable[..., Project]


def names(found: object) -> list[str]:
    return [one.name for one in found]  # type: ignore[attr-defined]


def test_every_table_exists_in_both_stages(make_project: MakeProject) -> None:
    """Code that runs as staging or as production finds its tables too."""
    assert list(declarations(make_project(CATS))) == [
        "demo-staging-cats",
        "demo-production-cats",
    ]


def test_a_plan_adds_and_drops_what_changed(make_project: MakeProject) -> None:
    """A table that stays is in no step at all."""
    birds = replace(CATS, name="birds")
    steps = plan(
        declarations(make_project(CATS, DOGS)), declarations(make_project(DOGS, birds))
    )

    assert steps.drop == ("demo-staging-cats", "demo-production-cats")
    assert names(steps.create) == ["demo-staging-birds", "demo-production-birds"]
    assert steps.update == ()
    assert steps.notices == ()


def test_a_comment_in_the_manifest_changes_nothing(make_project: MakeProject) -> None:
    """A table that only moved to another line is left alone."""
    moved = replace(CATS, line=12)
    steps = plan(declarations(make_project(CATS)), declarations(make_project(moved)))

    assert (steps.drop, steps.create, steps.update) == ((), (), ())


def test_a_new_ttl_attribute_updates_the_table(make_project: MakeProject) -> None:
    """The rows stay where only the expiry changes."""
    timed = replace(CATS, ttl_attribute="end")
    steps = plan(declarations(make_project(CATS)), declarations(make_project(timed)))

    assert (steps.drop, steps.create) == ((), ())
    assert names(steps.update) == ["demo-staging-cats", "demo-production-cats"]


def test_new_keys_make_a_table_anew_and_say_so(make_project: MakeProject) -> None:
    """Rows that fit no longer are put aside, and the developer is told once."""
    other = replace(CATS, partition_key=Key(attribute="name"))
    steps = plan(declarations(make_project(CATS)), declarations(make_project(other)))

    assert steps.drop == ("demo-staging-cats", "demo-production-cats")
    assert names(steps.create) == ["demo-staging-cats", "demo-production-cats"]
    assert len(steps.notices) == 1
    assert '"cats"' in steps.notices[0]
