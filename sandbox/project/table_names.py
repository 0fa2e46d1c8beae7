"""Takes a table of the manifest and a stage, gives the name that DynamoDB knows.

Pure. As `@architect/sandbox` 9 has it: each table is there once for `staging` and once
for `production`, and `testing` uses those of `staging`.
"""

from typing import Literal, TypeAlias

TableStage: TypeAlias = Literal["staging", "production"]
"""A stage that has tables of its own."""

TABLE_STAGES: tuple[TableStage, ...] = ("staging", "production")


def table_stage(stage: str | None) -> TableStage:
    """Give the stage whose tables are used where ARC_ENV is `stage`."""
    return "production" if stage == "production" else "staging"


def physical_name(app: str, stage: TableStage, table: str) -> str:
    """Give a table's name in DynamoDB; without a `table`, how all of them begin."""
    return f"{app}-{stage}-{table}"
