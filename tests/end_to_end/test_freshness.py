"""The code that answers is always the code on disk."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

pytestmark = pytest.mark.slow


def handler(value: object) -> str:
    return f"def handler(event, context):\n    return {value!r}\n"


def test_fifty_edits_in_a_row_are_each_answered_by_new_code(
    make_app: Any, serve: Any
) -> None:
    """The first request after a save sees it, at any pace and at equal length."""
    app = make_app({"src/http/get-index/index.py": handler(100)})
    client = serve(app).client
    answers = []

    for edit in range(100, 150):
        app.write({"src/http/get-index/index.py": handler(edit)})
        answers.append(client.get("/").json())

    assert answers == list(range(100, 150))


@pytest.mark.parametrize(
    ("path", "content", "route"),
    [
        (
            "src/http/get-index/part.py",
            "VALUE = {}",
            "import part\ndef handler(e, c):\n    return part.VALUE\n",
        ),
        (
            "src/shared/part.py",
            "VALUE = {}",
            "from shared import part\ndef handler(e, c):\n    return part.VALUE\n",
        ),
        (
            "src/views/part.py",
            "VALUE = {}",
            "from views import part\ndef handler(e, c):\n    return part.VALUE\n",
        ),
        (
            ".env",
            "VALUE={}\n",
            "import os\ndef handler(e, c):\n    return int(os.environ['VALUE'])\n",
        ),
        (
            "src/http/get-index/config.arc",
            "@aws\nmemory {}\n",
            "def handler(e, c):\n    return int(c.memory_limit_in_mb)\n",
        ),
    ],
)
def test_what_a_handler_depends_on_is_never_stale(
    make_app: Any, serve: Any, path: str, content: str, route: str
) -> None:
    """A module, shared code, a view, `.env`, `config.arc`: the next request sees it."""
    app = make_app({"src/http/get-index/index.py": route, path: content.format(1024)})
    client = serve(app, watch=False).client
    first = client.get("/").json()

    app.write({path: content.format(1025)})

    assert [first, client.get("/").json()] == [1024, 1025]


@pytest.mark.parametrize(
    "listing",
    [
        "__import__('os').listdir(FOLDER)",
        "[entry.name for entry in __import__('os').scandir(FOLDER)]",
        "[path.name for path in FOLDER.iterdir()]",
        "__import__('glob').glob('*', root_dir=FOLDER)",
        "[path.name for path in FOLDER.rglob('*.md')]",
        "[n for _, _, names in __import__('os').walk(FOLDER) for n in names]",
    ],
)
def test_a_folder_that_a_module_looks_through_is_never_stale(
    make_app: Any, serve: Any, listing: str
) -> None:
    """Posts, plugins, templates: one more, and the module is loaded anew."""
    code = (
        "import pathlib\n"
        "FOLDER = pathlib.Path(__file__).parent.parent.parent / 'shared' / 'posts'\n"
        f"NAMES = sorted({listing})\n"
        "def handler(e, c):\n    return NAMES\n"
    )
    app = make_app({"src/http/get-index/index.py": code, "src/shared/posts/a.md": ""})
    client = serve(app, watch=False).client
    answers = [client.get("/").json()]
    for name in ("b.md", ".b.md.swp"):
        app.write({f"src/shared/posts/{name}": ""})
        answers.append(client.get("/").json())
    (app.root / "src/shared/posts/a.md").unlink()
    answers.append(client.get("/").json())

    assert [[name for name in one if name[0] != "."] for one in answers] == [
        ["a.md"],
        ["a.md", "b.md"],
        ["a.md", "b.md"],
        ["b.md"],
    ]


def test_a_folder_in_which_a_handler_makes_files_is_its_own(
    make_app: Any, serve: Any
) -> None:
    """It stays warm, though its module has looked through that folder."""
    code = (
        "import os, pathlib\n"
        "FOLDER = pathlib.Path(__file__).parent / 'made'\n"
        "NAMES = os.listdir(FOLDER)\n"
        "def handler(e, c):\n"
        "    (FOLDER / c.aws_request_id).mkdir()\n"
        "    return os.getpid()\n"
    )
    app = make_app({"src/http/get-index/index.py": code})
    (app.root / "src/http/get-index/made").mkdir()
    client = serve(app, watch=False).client

    assert len({client.get("/").json() for _ in range(5)}) == 1


def test_a_new_route_answers_at_once(make_app: Any, serve: Any) -> None:
    """A line more in the manifest, and the next request finds it."""
    app = make_app({"src/http/get-index/index.py": handler(1)})
    client = serve(app, watch=False).client
    assert client.get("/new").status_code == 404

    app.write({"src/http/get-new/index.py": handler("new")})
    manifest = (app.root / "app.arc").read_text()
    app.write({"app.arc": manifest.replace("get /\n", "get /\nget /new\n")})

    assert client.get("/new").text == "new"


def test_a_table_can_be_used_once_it_is_declared(make_app: Any, serve: Any) -> None:
    """A warm handler whose helper knew no such table finds it on the next request."""
    route = (
        "import arc\ndef handler(event, context):\n"
        "    try:\n"
        "        things = arc.tables.table('things')\n"
        "        things.put_item(Item={'id': 'one'})\n"
        "        return things.get_item(Key={'id': 'one'})['Item']['id']\n"
        "    except NameError:\n"
        "        return 'not declared'\n"
    )
    tables = "\n@tables\nothers\n  id *String\n"
    app = make_app({"src/http/get-index/index.py": route}, more=tables)
    client = serve(app, watch=False).client
    before = client.get("/").text

    manifest = (app.root / "app.arc").read_text()
    app.write({"app.arc": f"{manifest}things\n  id *String\n"})

    assert [before, client.get("/").text] == ["not declared", "one"]


def test_rows_and_sessions_stay_when_the_manifest_changes(
    make_app: Any, serve: Any
) -> None:
    """An edit of app.arc drops no row of a table that stays."""
    count = (
        "import arc\ndef handler(request, context):\n"
        "    session = arc.http.session_read(request)\n"
        "    session['count'] = int(session.get('count', 0)) + 1\n"
        "    return arc.http.res(request, {'session': session,"
        " 'json': {'count': session['count']}})\n"
    )
    tables = "@tables\nsessions\n  _idx *String\n  _ttl TTL\n"
    app = make_app(
        {
            "src/http/post-count/index.py": count,
            ".env": "ARC_SESSION_TABLE_NAME=sessions\n",
        },
        "post /count",
        more=tables,
    )
    client = serve(app).client
    client.post("/count")

    manifest = (app.root / "app.arc").read_text()
    app.write({"app.arc": manifest + "things\n  id *String\n"})

    assert client.post("/count").json() == {"count": 2}


def waiting(*then: str) -> str:
    """Give a handler that says that it runs, waits until it may go on, and goes on."""
    lines = (
        "import arc, pathlib, time",
        "def handler(event, context):",
        "    here = pathlib.Path(__file__).parent",
        "    (here / 'started').touch()",
        "    while not (here / 'go').exists():",
        "        time.sleep(0.01)",
        *(f"    {line}" for line in then),
    )
    return "".join(f"{line}\n" for line in lines)


@pytest.fixture
def in_flight(wait_until: Callable[..., None]) -> Any:
    """Give what keeps a request to a waiting handler under way, and gives its answer.

    The answer is there once the body is over.
    """

    @contextmanager
    def keep(app: Any, client: Any) -> Iterator[list[str]]:
        answers: list[str] = []
        request = threading.Thread(target=lambda: answers.append(client.get("/").text))  # noqa: TID251 - the one in flight
        request.start()
        folder = app.root / "src/http/get-index"
        wait_until((folder / "started").exists)
        try:
            yield answers
        finally:
            (folder / "go").touch()
            request.join()

    return keep


def test_a_request_in_flight_finishes_on_the_old_code(
    make_app: Any, serve: Any, in_flight: Any
) -> None:
    """A save does not end what is running."""
    app = make_app({"src/http/get-index/index.py": waiting("return 'old'")})
    client = serve(app).client
    with in_flight(app, client) as answers:
        app.write({"src/http/get-index/index.py": handler("new")})
        new = client.get("/").text

    assert (answers, new) == (["old"], "new")


def test_a_request_in_flight_finds_its_table_though_the_manifest_breaks(
    make_app: Any, serve: Any, in_flight: Any, capfd: Any
) -> None:
    """Runtime helpers ask for tables late; a save that cannot be read loses none."""
    store = "arc.tables.table('things').put_item(Item={'id': 'a'})"
    code = waiting(store, "return 'stored'")
    things = "@tables\nthings\n  id *String\n"
    app = make_app({"src/http/get-index/index.py": code}, more=things)
    client = serve(app).client
    with in_flight(app, client) as answers:
        manifest = (app.root / "app.arc").read_text()
        app.write({"app.arc": f"{manifest}\n@http\n  nonsense\n"})

    assert answers == ["stored"]
    assert "Traceback" not in capfd.readouterr().err


def test_an_error_is_told_on_save_and_heals(
    make_app: Any, serve: Any, wait_until: Callable[..., None]
) -> None:
    """A broken save is said at once, shown to a browser, and heals on the next."""
    app = make_app({"src/http/get-index/index.py": handler(1)})
    served = serve(app)
    served.client.get("/")

    app.write({"src/http/get-index/index.py": "def handler(:\n"})
    wait_until(
        lambda: any("SyntaxError" in n.text for n in served.notices), what="notice"
    )
    page = served.client.get("/", headers={"accept": "text/html"})
    app.write({"src/http/get-index/index.py": handler(2)})

    assert page.status_code == 500
    assert "SyntaxError" in page.text
    assert served.client.get("/").json() == 2


def test_a_broken_manifest_is_shown_and_heals(make_app: Any, serve: Any) -> None:
    """While app.arc is broken every request says so; then the app is back."""
    app = make_app({"src/http/get-index/index.py": handler(1)})
    served = serve(app, watch=False)
    good = (app.root / "app.arc").read_text()

    app.write({"app.arc": good + "\n@http\nget /twice\n"})
    page = served.client.get("/", headers={"accept": "text/html"})
    app.write({"app.arc": good})

    assert page.status_code == 500
    assert "app.arc:" in page.text
    assert served.client.get("/").json() == 1


THING = """
import arc
def handler(request, context):
    things = arc.tables.table("things")
    if request["requestContext"]["http"]["method"] == "POST":
        things.put_item(Item={"id": "one"})
    return {"count": len(things.scan()["Items"])}
"""


def test_rows_are_back_when_their_table_is(make_app: Any, serve: Any) -> None:
    """A branch without it, another name for the app, other keys: nothing is lost."""
    files = {
        "src/http/get-index/index.py": THING,
        "src/http/post-index/index.py": THING,
    }
    app = make_app(files, "get /", "post /", more="@tables\nthings\n  id *String\n")
    one = serve(app)
    one.client.post("/")
    manifest = (app.root / "app.arc").read_text()
    counts = []

    for other in (
        manifest.replace("@tables\nthings\n  id *String\n", ""),
        manifest.replace("testapp", "renamed"),
        manifest.replace("id *String", "name *String"),
    ):
        assert other != manifest
        app.write({"app.arc": other})
        one.client.get("/")
        app.write({"app.arc": manifest})
        counts.append(one.client.get("/").json())

    assert counts == [{"count": 1}] * 3
    one.sandbox.reset()
    app.write({"app.arc": manifest.replace("@tables\nthings\n  id *String\n", "")})
    one.sandbox.reset()
    app.write({"app.arc": manifest})
    assert one.client.get("/").json() == {"count": 0}
