"""Takes the tables that are there and a project, gives the steps between them.

A manifest change adds or drops what changed and never empties what stayed: only a table
whose own keys changed is made anew, since its rows fit no longer, and that is told. The
rows of what goes are kept (`keeper`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.project.model import Project, Table
from sandbox.project.table_names import TABLE_STAGES, TableStage, physical_name
from sandbox.tables.key_schema import KeyTypes
from sandbox.tables.schema import CreateTable, create_table, typed_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """One table of the manifest in one stage."""

    table: Table
    stage: TableStage
    request: CreateTable
    """How DynamoDB is asked for it."""

    @property
    def name(self) -> str:
        """The physical name."""
        return self.request["TableName"]

    @property
    def keys(self) -> KeyTypes:
        """The key attributes with their types."""
        return typed_keys(self.request)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to do, in this order; a table made anew is both dropped and created."""

    drop: tuple[str, ...]
    """Physical names."""
    create: tuple[Declaration, ...]
    update: tuple[Declaration, ...]
    """Tables that stay, whose indexes or TTL attribute changed."""
    notices: tuple[str, ...]
    """What the developer should know, one sentence or two each."""


def declarations(project: Project) -> dict[str, Declaration]:
    """Give every table of a project in every stage, by physical name."""
    found = [
        Declaration(
            table=table,
            stage=stage,
            request=create_table(
                table, physical_name=physical_name(project.name, stage, table.name)
            ),
        )
        for table in project.tables
        for stage in TABLE_STAGES
    ]
    return {declaration.name: declaration for declaration in found}


def plan(present: Mapping[str, Declaration], wanted: Mapping[str, Declaration]) -> Plan:
    """Give the steps from the tables that are declared now to those wanted.

    Args:
        present: by physical name.
        wanted: by physical name.
    """
    refitted = {
        name
        for name, declaration in wanted.items()
        if name in present and present[name].keys != declaration.keys
    }
    return Plan(
        drop=tuple(name for name in present if name not in wanted or name in refitted),
        create=tuple(
            declaration
            for name, declaration in wanted.items()
            if name not in present or name in refitted
        ),
        update=tuple(
            declaration
            for name, declaration in wanted.items()
            if name in present
            and name not in refitted
            and _is_changed(present[name], declaration)
        ),
        notices=_notices({wanted[name].table.name for name in refitted}),
    )


def _is_changed(one: Declaration, other: Declaration) -> bool:
    return (
        one.request != other.request
        or one.table.ttl_attribute != other.table.ttl_attribute
    )


def _notices(tables: set[str]) -> tuple[str, ...]:
    return tuple(
        f'The keys of table "{name}" changed, so it has only rows that were written '
        "under these. The others are kept, and come back with its former keys."
        for name in sorted(tables)
    )
