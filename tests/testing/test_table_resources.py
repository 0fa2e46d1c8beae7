"""The app's tables through boto3."""

from pathlib import Path

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


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("AWS_PROFILE", "missing"),
        ("AWS_DEFAULT_PROFILE", "missing"),
        ("AWS_CONFIG_FILE", "{folder}/config"),
        ("AWS_SHARED_CREDENTIALS_FILE", "{folder}/config"),
        ("HOME", "{folder}"),
        ("AWS_RETRY_MODE", "bogus"),
        ("AWS_DEFAULTS_MODE", "bogus"),
        ("AWS_MAX_ATTEMPTS", "bogus"),
        ("AWS_USE_FIPS_ENDPOINT", "true"),
        ("AWS_USE_DUALSTACK_ENDPOINT", "true"),
        ("AWS_ACCOUNT_ID_ENDPOINT_MODE", "bogus"),
        ("AWS_REQUEST_CHECKSUM_CALCULATION", "bogus"),
        ("AWS_RESPONSE_CHECKSUM_VALIDATION", "bogus"),
        ("AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES", "bogus"),
        ("AWS_ENDPOINT_URL_DYNAMODB", "http://localhost:1"),
        ("AWS_CA_BUNDLE", "{folder}/missing"),
        ("AWS_DATA_PATH", "{folder}"),
        ("HTTP_PROXY", "http://localhost:1"),
    ],
)
def test_the_developer_s_configuration_is_not_looked_at(
    sandbox: SandboxUnderTest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
) -> None:
    """Whatever it says, or however it is wrong."""
    for file in (tmp_path / "config", tmp_path / ".aws" / "config"):
        file.parent.mkdir(exist_ok=True)
        file.write_text("[default\nretry_mode = bogus\n")
    monkeypatch.setenv(variable, value.format(folder=tmp_path))
    tables = TableResources(sandbox)
    found = tables["things"].scan()["Items"]
    tables.close()

    assert found == []


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
