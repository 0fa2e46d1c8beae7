"""Tables that are not the sandbox's: another DynamoDB on this machine, and AWS.

moto's own server stands in for both, in a process of its own.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import boto3
import pytest

from sandbox.backing import Wishes
from sandbox.errors import ProjectError, WorldError

pytestmark = pytest.mark.slow

SERVER = """
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
input()
server.stop()
"""
THINGS = """import arc
def handler(request, context):
    table = arc.tables.table("things")
    table.put_item(Item={"id": "of the handler"})
    return {"ids": sorted(item["id"] for item in table.scan()["Items"])}
"""
SEE = """import os
def handler(request, context):
    return {k: v for k, v in os.environ.items() if k.startswith(("AWS_", "ARC_"))}
"""
FILES = {
    "src/http/get-index/index.py": THINGS,
    "src/http/get-see/index.py": SEE,
    "sandbox-seed.json": '{"things": [{"id": "seed"}]}',
}
TABLES = "@tables\nthings\n  id *String\n  _ttl TTL\n"
KEYS = {"AWS_ACCESS_KEY_ID": "mine", "AWS_SECRET_ACCESS_KEY": "secret"}


@pytest.fixture(scope="module")
def moto_port() -> Iterator[int]:
    """Give the port of a moto server in a process of its own."""
    process = subprocess.Popen(  # noqa: TID251 - the external service
        [sys.executable, "-c", SERVER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    yield int(process.stdout.readline())
    process.communicate("\n")


@pytest.fixture
def client(moto_port: int) -> Iterator[Callable[[str], Any]]:
    """Give a function that gives boto3 clients of the moto server, which is empty."""
    session = boto3.session.Session(
        aws_access_key_id="mine", aws_secret_access_key="x", region_name="us-west-2"
    )
    endpoint = f"http://127.0.0.1:{moto_port}"
    made = [session.client(name, endpoint_url=endpoint) for name in ("dynamodb", "ssm")]
    clients: Mapping[str, Any] = dict(zip(("dynamodb", "ssm"), made, strict=True))
    yield clients.__getitem__
    for name in clients["dynamodb"].list_tables()["TableNames"]:
        clients["dynamodb"].delete_table(TableName=name)
    for one in made:
        one.close()


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def create_table(
    client: Callable[[str], Any], table: str, *, name: str = "id", kind: str = "S"
) -> None:
    """Make a table whose one key has this name and type in the other database."""
    client("dynamodb").create_table(
        TableName=table,
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": kind}],
        KeySchema=[{"AttributeName": name, "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )


def free_port() -> int:
    """Give a port on which nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def ids(client: Any, table: str) -> list[str]:
    """Give the ids of the rows that the other database has."""
    items = client.scan(TableName=table)["Items"]
    return sorted(item["id"]["S"] for item in items)


# Another DynamoDB


def test_an_external_database_has_the_tables(
    make_app: Callable[..., Any],
    serve: Callable[..., Any],
    moto_port: int,
    client: Callable[[str], Any],
) -> None:
    """Created and seeded there once, used by helpers, and never dropped."""
    app = make_app(FILES, "get /", "get /see", more=TABLES)
    app.write({"prefs.arc": f"@sandbox\nexternal-db true\nports\n  tables {moto_port}"})
    dynamodb = client("dynamodb")

    one = serve(app, tables_port=None)
    answer = one.client.get("/").json()
    seen = one.client.get("/see").json()
    one.sandbox.reset()
    one.sandbox.close()
    dynamodb.delete_item(TableName="testapp-staging-things", Key={"id": {"S": "seed"}})
    serve(app, tables_port=None).client.get("/")

    assert answer == {"ids": ["of the handler", "seed"]}
    assert f'"tables": {moto_port}' in seen["ARC_SANDBOX"]
    assert ids(dynamodb, "testapp-staging-things") == ["of the handler"]
    assert ids(dynamodb, "testapp-production-things") == []
    ttl = dynamodb.describe_time_to_live(TableName="testapp-staging-things")
    assert ttl["TimeToLiveDescription"]["AttributeName"] == "_ttl"
    assert any("external database" in notice.text for notice in one.notices)


def test_new_tables_of_an_edited_manifest_are_made_there(
    make_app: Callable[..., Any],
    serve: Callable[..., Any],
    moto_port: int,
    client: Callable[[str], Any],
) -> None:
    """Those that it no longer names stay."""
    app = make_app(FILES, more=TABLES)
    wishes = Wishes(external_db=True)
    one = serve(app, wishes=wishes, tables_port=moto_port)
    one.client.get("/")
    app = make_app(FILES, more="@tables\nothers\n  id *String\n")
    (app.root / "sandbox-seed.json").unlink()
    one.client.get("/")

    names = client("dynamodb").list_tables()["TableNames"]

    assert sorted(names) == [
        f"testapp-{stage}-{table}"
        for stage in ("production", "staging")
        for table in ("others", "things")
    ]


@pytest.mark.usefixtures("client")
@pytest.mark.parametrize("has_streams", [True, False])
def test_streams_of_an_external_database_are_missed(
    make_app: Callable[..., Any],
    serve: Callable[..., Any],
    moto_port: int,
    *,
    has_streams: bool,
) -> None:
    """The sandbox does not see what changes there, and says so where that matters."""
    more = f"{TABLES}\n@tables-streams\nthings\n" if has_streams else TABLES
    app = make_app(FILES, more=more)

    one = serve(app, wishes=Wishes(external_db=True), tables_port=moto_port)
    one.sandbox.wait_ready()

    told = ["@tables-streams" in notice.text for notice in one.notices]
    assert told.count(True) == has_streams


@pytest.mark.parametrize(("name", "kind"), [("other", "S"), ("id", "N")])
def test_a_table_with_other_keys_is_told(
    make_app: Callable[..., Any],
    serve: Callable[..., Any],
    moto_port: int,
    client: Callable[[str], Any],
    name: str,
    kind: str,
) -> None:
    """It is somebody's data: the sandbox changes nothing."""
    create_table(client, "testapp-staging-things", name=name, kind=kind)
    app = make_app(FILES, more=TABLES)

    one = serve(app, wishes=Wishes(external_db=True), tables_port=moto_port)
    one.sandbox.wait_ready()

    told = [notice.text for notice in one.notices if "other keys" in notice.text]
    assert [text.split('"')[1] for text in told] == ["testapp-staging-things"]


def test_an_external_database_needs_a_port(
    make_app: Callable[..., Any], serve: Callable[..., Any]
) -> None:
    """As for `@architect/sandbox`: 5555 is ours, not another's."""
    app = make_app(FILES, more=TABLES)

    with pytest.raises(ProjectError, match="but its port is not given") as refused:
        serve(app, wishes=Wishes(external_db=True), tables_port=None)

    assert "ARC_TABLES_PORT=8000" in str(refused.value)


def test_an_external_database_that_is_not_there_is_told(
    make_app: Callable[..., Any], serve: Callable[..., Any]
) -> None:
    """With its address, and what to do."""
    port = free_port()
    app = make_app(FILES, more=TABLES)
    one = serve(app, wishes=Wishes(external_db=True), tables_port=port)

    with pytest.raises(WorldError, match=f'No DynamoDB answers at "http.*:{port}"'):
        one.sandbox.wait_ready()


# AWS


def shell_for(moto_port: int) -> dict[str, str]:
    """Give a developer's shell whose AWS is the moto server."""
    endpoint = f"http://127.0.0.1:{moto_port}"
    return {
        "PATH": os.environ["PATH"],  # noqa: TID251
        "AWS_ENDPOINT_URL_DYNAMODB": endpoint,
        "AWS_ENDPOINT_URL_SSM": endpoint,
        **KEYS,
    }


def test_functions_use_aws_itself(
    make_app: Callable[..., Any],
    serve: Callable[..., Any],
    moto_port: int,
    client: Callable[[str], Any],
) -> None:
    """The helper finds the deployed tables by SSM; the sandbox has none."""
    create_table(client, "deployed-things-1A2B")
    client("ssm").put_parameter(
        Name="/TestappStaging/tables/things",
        Value="deployed-things-1A2B",
        Type="String",
        Overwrite=True,
    )
    app = make_app(FILES, "get /", "get /see", more=TABLES)
    one = serve(
        app, stage="staging", wishes=Wishes(use_aws=True), shell=shell_for(moto_port)
    )

    assert one.client.get("/").json() == {"ids": ["of the handler"]}
    assert ids(client("dynamodb"), "deployed-things-1A2B") == ["of the handler"]
    assert any("REAL DATA" in notice.text for notice in one.notices)
    assert one.sandbox.ports.tables is None
    with pytest.raises(WorldError, match="the app's tables are in AWS"):
        one.sandbox.tables.call("Scan", {"TableName": "deployed-things-1A2B"})
    with pytest.raises(WorldError, match="no snapshots"):
        one.sandbox.snapshots.save("x")


def test_use_aws_opens_no_tables_port(
    make_app: Callable[..., Any], serve: Callable[..., Any], moto_port: int
) -> None:
    """`@sandbox useAWS` forces a stage that exists in AWS, and shows credentials."""
    port = free_port()
    app = make_app(FILES, "get /", "get /see", more=TABLES)
    app.write({"prefs.arc": "@sandbox\nuseAWS true\n"})

    one = serve(app, shell=shell_for(moto_port), tables_port=port)
    seen = one.client.get("/see").json()

    assert not is_listening(port)
    assert (seen["ARC_ENV"], seen["ARC_LOCAL"]) == ("staging", "true")
    assert '"tables": null' in seen["ARC_SANDBOX"]
    assert seen["AWS_ACCESS_KEY_ID"] == "mine"


def test_a_misspelt_use_aws_does_nothing_and_is_told(
    make_app: Callable[..., Any], serve: Callable[..., Any]
) -> None:
    """Architect's documentation has it once as `useAws`."""
    app = make_app(FILES, "get /", more=TABLES)
    app.write({"prefs.arc": "@sandbox\nuseAws true\n"})

    one = serve(app)

    assert one.sandbox.stage == "testing"
    told = [n.text for n in one.notices if '"@sandbox useAws"' in n.text]
    assert len(told) == 1
    assert "useAWS, if that is meant" in told[0]
