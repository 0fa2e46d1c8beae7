"""The names of tables in DynamoDB."""

import pytest

from sandbox.project.table_names import physical_name, table_stage


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        ("testing", "demo-staging-cats"),
        ("staging", "demo-staging-cats"),
        ("production", "demo-production-cats"),
        (None, "demo-staging-cats"),
    ],
)
def test_a_stage_has_its_tables(stage: str | None, expected: str) -> None:
    """Testing uses the tables of staging, and production has its own."""
    assert physical_name("demo", table_stage(stage), "cats") == expected


def test_all_names_of_a_stage_begin_alike() -> None:
    """Without a table it is the beginning, by which tables are told apart."""
    assert physical_name("demo", "production", "") == "demo-production-"
