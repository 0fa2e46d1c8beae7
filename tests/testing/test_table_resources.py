"""The app's tables through boto3."""

import pytest

from sandbox.testing import SandboxUnderTest, TableResources
from sandbox.testing.unanswered import UnansweredError

pytestmark = pytest.mark.slow


def test_tables_have_their_manifest_names(sandbox: SandboxUnderTest) -> None:
    """What is put is found; the mapping lists every table."""
    tables = TableResources(sandbox)
    tables["things"].put_item(Item={"id": "1", "n": 5})
    found = tables["things"].get_item(Key={"id": "1"})["Item"]
    tables.close()

    assert found == {"id": "1", "n": 5}
    assert sorted(tables) == ["sessions", "things"]
    assert len(tables) == 2


def test_an_unknown_table_is_told(sandbox: SandboxUnderTest) -> None:
    """The message names the fixture, the tables there are, and the remedy."""
    tables = TableResources(sandbox)

    with pytest.raises(UnansweredError) as caught:
        tables["nope"]
    tables.close()

    assert str(caught.value) == (
        'arc_tables: the app has no table "nope". It has: "sessions", "things". '
        "Declare it under @tables in the manifest."
    )
