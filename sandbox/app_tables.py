"""Gives an app's tables: made when first needed, then in step with the project."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sandbox.clock import Clock
from sandbox.notice import Notice
from sandbox.options import Options
from sandbox.project.model import Project
from sandbox.surroundings import seen_environment
from sandbox.tables.deferred import DeferredTables
from sandbox.tables.policy import expiry_policy
from sandbox.tables.seed_program import run_seed_program
from sandbox.tables.seeds import load_seeds

if TYPE_CHECKING:
    from sandbox.tables.attribute_values import Seeds
    from sandbox.tables.store import TableStore


def app_tables(
    *, clock: Clock, options: Options, say: Callable[[Notice], None]
) -> DeferredTables:
    """Give the tables of an app; whoever calls closes them.

    Args:
        clock: decides which items have expired.
        options: decide what functions see, and so which table holds sessions.
        say: told what the developer should know, such as that a table was emptied.
    """

    def make(project: Project) -> "TableStore":
        # moto is imported here, and only when an app needs tables: it takes half a
        # second, and an app without tables never pays for it.
        from sandbox.tables.store import TableStore

        store = TableStore(clock=clock)
        update(store, project)
        return store

    def update(store: "TableStore", project: Project) -> None:
        def seeds() -> "Seeds":
            return load_seeds(project, run_program=run_seed_program)

        policy = expiry_policy(project, seen_environment(project, options))
        for text in store.apply(project, seeds=seeds, policy=policy):
            say(Notice(level="warning", text=text))

    return DeferredTables(make, update=update)
