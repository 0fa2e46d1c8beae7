"""Whatever is wrong in an app gets one clear message, and the sandbox lives on."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from sandbox.httpd import LoopbackServer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

pytestmark = pytest.mark.slow

OK = "def handler(event, context):\n    return 'ok'\n"
HTML = {"accept": "text/html"}


@pytest.mark.parametrize(
    ("manifest", "words"),
    [
        ("@app\nx1\n\n@http\nget /\nget /\n", ["app.arc:6", "get /"]),
        ("@app\nx1\n\n@aws\napigateway soap\n@http\nget /\n", ["httpv1", "rest"]),
        ("@app\nx1\n\n@aws\nruntime cobol\n@http\nget /\n", ['"cobol"', "python3.12"]),
        ("@app\nx1\n\n@http\nfetch /\n", ["app.arc:5", "fetch", "get"]),
        (
            "@app\nx1\n\n@tables\nthings\n  name String\n",
            ["app.arc:5", "things", "key"],
        ),
        ("@app\nx1\n\n@http\nget /a/{id}\n", ["app.arc:5:8", "^"]),
    ],
)
def test_a_wrong_manifest_is_refused_before_serving(
    command: Any, tmp_path: Any, manifest: str, words: list[str]
) -> None:
    """Exit 2; the message names the place and the way out, and is no traceback."""
    (tmp_path / "app.arc").write_text(manifest)

    run = command("start", cwd=tmp_path)

    assert run.wait() == 2
    assert [word for word in words if word not in run.output] == []
    assert "Traceback" not in run.output


@pytest.mark.parametrize(
    ("preferences", "words"),
    [
        ("@sandbox\nports\n  tables 8000\n  http many\n", ["prefs.arc:4", "65535"]),
        ("@sandbox\nports\n  _arc -1\n", ["prefs.arc:3", "ports _arc", "65535"]),
        ("@sandbox\nlivereload true\npersist some\n", ["prefs.arc:3", "true or"]),
        ("@sandbox\nexternal-db true\n", ["ARC_TABLES_PORT"]),
    ],
)
def test_a_wrong_preference_is_refused_where_it_stands(
    make_app: Any, command: Any, preferences: str, words: list[str]
) -> None:
    """With the file, the line and what to write instead."""
    app = make_app({"src/http/get-index/index.py": OK, "prefs.arc": preferences})

    run = command("start", cwd=app.root)

    assert run.wait() == 2
    assert [word for word in words if word not in run.output] == []


def test_all_problems_are_told_at_once(command: Any, tmp_path: Any) -> None:
    """Three mistakes, three messages, one run, and none of them twice."""
    manifest = "@app\nx1\n\n@http\nfetch /\nget nowhere\nget /x/\n"
    (tmp_path / "app.arc").write_text(manifest)

    run = command("start", cwd=tmp_path)

    assert run.wait() == 2
    assert [run.output.count(f"app.arc:{line}") for line in (5, 6, 7)] == [1, 1, 1]


def test_a_seed_for_an_unknown_table_is_refused(make_app: Any, command: Any) -> None:
    """The message names the file and the table; nothing is served."""
    app = make_app(
        {
            "src/http/get-index/index.py": OK,
            "sandbox-seed.json": '{"thingz": [{"id": "1"}]}',
        },
        more="@tables\nthings\n  id *String\n",
    )

    run = command("start", cwd=app.root)

    assert run.wait() == 2
    assert "sandbox-seed.json" in run.output
    assert '"thingz"' in run.output
    assert "Traceback" not in run.output


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, ["src/http/get-bad", "index.py"]),
        ({"index.py": "x = 1\n"}, ["handler"]),
        ({"index.py": "import no_such_module\n"}, ["no_such_module"]),
        (
            {"index.py": "import flask_x\n", "requirements.txt": "flask_x\n"},
            ["pip install"],
        ),
        ({"index.py": "def handler(:\n"}, ["SyntaxError", "index.py"]),
        ({"index.py": "import sys\nsys.exit(3)\n"}, ["3"]),
        ({"index.py": "def handler(e, c):\n    1/0\n"}, ["ZeroDivisionError"]),
        ({"index.py": "def handler(e, c):\n    return {1, 2}\n"}, ["set"]),
        ({"index.py": "def handler(e, c):\n    return b'x'\n"}, ["bytes"]),
        (
            {"index.py": "import os\ndef handler(e, c):\n    os._exit(0)\n"},
            ["exit"],
        ),
        (
            {
                "index.py": "def handler(e, c):\n    while True: pass\n",
                "config.arc": "@aws\ntimeout 1\n",
            },
            ["timed out"],
        ),
    ],
)
def test_a_bad_handler_is_shown_and_the_next_request_is_served(
    make_app: Any, serve: Any, files: dict[str, str], words: list[str]
) -> None:
    """A page says what is wrong, programs get Lambda's JSON, and the app lives on."""
    folder = "src/http/get-bad/"
    app = make_app(
        {
            "src/http/get-index/index.py": OK,
            **{folder + name: text for name, text in files.items()},
        },
        "get /",
        "get /bad",
    )
    client = serve(app).client

    page = client.get("/bad", headers=HTML)
    answer = client.get("/bad", headers={"accept": "application/json"})

    assert page.status_code in (500, 502)
    assert page.headers["content-type"].startswith("text/html")
    assert [word for word in words if word not in page.text] == []
    assert answer.json() == {"message": "Internal Server Error"}
    assert client.get("/").text == "ok"


def test_a_page_escapes_what_it_shows(make_app: Any, serve: Any) -> None:
    """An exception's text never becomes markup."""
    code = "def handler(e, c):\n    raise ValueError('<script>x</script>')\n"
    client = serve(make_app({"src/http/get-index/index.py": code})).client

    page = client.get("/", headers=HTML)

    assert "<script>x" not in page.text
    assert "&lt;script&gt;x" in page.text


def test_a_body_over_six_megabytes_is_refused(make_app: Any, serve: Any) -> None:
    """413 as Lambda has it, and the connection goes on; 404 where none would run."""
    client = serve(make_app({"src/http/post-index/index.py": OK}, "post /")).client

    refused = client.post("/", content=b"x" * 7_000_000)

    assert refused.status_code == 413
    assert refused.json() == {"message": "Request Entity Too Large"}
    assert client.post("/").text == "ok"
    assert client.post("/nowhere", content=b"x" * 7_000_000).status_code == 404


def test_a_proxied_body_is_api_gateways_to_refuse(make_app: Any, serve: Any) -> None:
    """Lambda's limit had kept what never reaches a function from its target."""

    def count(environ: "WSGIEnvironment", start: "StartResponse") -> list[bytes]:
        start("200 OK", [])
        return [str(len(environ["wsgi.input"].read())).encode()]

    with LoopbackServer(count, name="target") as target:
        stages = ("testing", "staging", "production")
        proxy = "\n".join(("@proxy", *(f"{stage} {target.url}" for stage in stages)))
        app = make_app({"src/http/get-own/index.py": OK}, "get /own", more=proxy)
        client = serve(app).client

        assert client.post("/up", content=b"x" * 10_000_000).text == "10000000"
        assert client.post("/up", content=b"x" * 10_000_001).status_code == 413


def test_a_malformed_cookie_is_passed_on(make_app: Any, serve: Any) -> None:
    """Whatever a browser sends as a cookie reaches the handler, and breaks nothing."""
    code = "def handler(e, c):\n    return e.get('cookies')\n"
    client = serve(make_app({"src/http/get-index/index.py": code})).client

    answer = client.get("/", headers={"cookie": '=; a="; {"x":1}; _idx=%%%'})

    assert answer.status_code == 200
    assert any("_idx=%%%" in cookie for cookie in answer.json())


def test_a_bad_dotenv_line_is_no_end(make_app: Any, serve: Any) -> None:
    """Lines of `.env` that set nothing are passed over, as dotenv does, and told."""
    code = "import os\ndef handler(e, c):\n    return os.environ.get('GOOD')\n"
    app = make_app(
        {"src/http/get-index/index.py": code, ".env": "!!!\nGOOD=yes\n= no\n"}
    )

    served = serve(app)

    assert served.client.get("/").text == "yes"
    told = [notice.text for notice in served.notices if ".env:" in notice.text]
    assert [text.split(" ")[0] for text in told] == [".env:1:1:", ".env:3:1:"]


def test_a_folder_without_a_manifest_serves_public(tmp_path: Any, serve: Any) -> None:
    """It is a default project: a warning, and static files."""
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "index.html").write_text("<h1>static</h1>")

    served = serve(tmp_path)

    assert "static" in served.client.get("/").text
    assert any(notice.level == "warning" for notice in served.notices)


def test_output_of_megabytes_and_threads_left_running_are_survived(
    make_app: Any, serve: Any
) -> None:
    """A noisy handler answers, and so does the next request."""
    noisy = (
        "import threading, time\n"
        "def handler(event, context):\n"
        "    threading.Thread(target=time.sleep, args=(60,)).start()\n"
        "    print('x' * 5_000_000)\n"
        "    return 'done'\n"
    )
    client = serve(make_app({"src/http/get-index/index.py": noisy})).client

    assert [client.get("/").text for _ in range(3)] == ["done"] * 3


@pytest.mark.parametrize("name", ["ARC_API_TYPE", "ARC_TABLES_PORT", "ARC_HTTP_PORT"])
def test_a_wrong_variable_is_named(command: Any, tmp_path: Any, name: str) -> None:
    """Some of them stand for no flag that a user has ever seen."""
    (tmp_path / "app.arc").write_text("@app\nx1\n")

    run = command("start", cwd=tmp_path, environ={name: "nonsense"})

    assert run.wait() == 2
    assert name in run.output


FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has a file that is full")
@pytest.mark.parametrize("arguments", [["routes"], ["--help"], ["routes", "--help"]])
def test_a_full_output_is_one_line(make_app: Any, arguments: list[str]) -> None:
    """Not a traceback of ours, and nothing of Python's own at the end."""
    app = make_app({})
    with FULL.open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "sandbox", *arguments],
            cwd=app.root,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert done.returncode == 1
    assert done.stderr == (
        "The output cannot be written: No space left on device. "
        "Make room, or send it elsewhere.\n"
    )


def test_an_output_that_nobody_reads_is_no_error(make_app: Any) -> None:
    """As with `arc-sandbox routes | head -1`."""
    app = make_app({})
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "sandbox", "routes"],
            cwd=app.root,
            stdout=writer,
            stderr=subprocess.PIPE,
            check=False,
        )
    finally:
        os.close(writer)

    assert done.stderr == b""


def test_an_output_that_is_closed_is_no_error(make_app: Any) -> None:
    """As with `arc-sandbox routes >&-`, and some services."""
    app = make_app({})
    done = subprocess.run(
        ["/bin/sh", "-c", 'exec "$0" -m sandbox routes >&-', sys.executable],
        cwd=app.root,
        stderr=subprocess.PIPE,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("limit", [9, 12, 18, 31])
def test_a_limit_of_open_files_is_told(command: Any, make_app: Any, limit: int) -> None:
    """Before anything is opened: which step would meet it first is chance."""
    app = make_app({}, more="@tables\nthings\n  id *String\n")

    run = command("start", cwd=app.root, within=f'ulimit -n {limit}; exec "$@"')

    assert run.wait() == 1
    assert run.output == (
        f"Only {limit} files may be open at once, and a sandbox needs at least "
        "32. Raise the limit, for example with: ulimit -n 1024\n"
    )


def test_as_many_open_files_as_are_needed_will_do(
    command: Any, make_app: Any, wait_until: Any
) -> None:
    """A small app starts, with tables, and takes requests."""
    index = {"src/http/get-index/index.py": "def handler(e, c): return {}\n"}
    app = make_app(index, more="@tables\nthings\n  id *String\n")
    run = command("start", cwd=app.root, within='ulimit -n 32; exec "$@"')
    wait_until(lambda: "ready at" in run.output)

    assert httpx.get(run.url).json() == {}
    run.send(signal.SIGTERM)
    assert run.wait() == 0
    assert "Too many" not in run.output


def test_ctrl_c_while_the_program_is_loaded_is_no_traceback(
    command: Any, tmp_path: Path
) -> None:
    """Importing its libraries takes most of a short command."""
    click = tmp_path / "click.py"
    click.write_text("raise KeyboardInterrupt\n")

    run = command("routes", cwd=tmp_path, environ={"PYTHONPATH": str(tmp_path)})

    assert (run.wait(), run.output) == (1, "Aborted!\n")


def test_a_character_that_the_terminal_lacks_is_its_escape(
    command: Any, tmp_path: Path
) -> None:
    """A locale that is not UTF-8 has no ellipsis."""
    latin_1 = {"PYTHONIOENCODING": "latin-1"}

    run = command("sessions", "decode", "--help", cwd=tmp_path, environ=latin_1)

    assert run.wait() == 0
    assert "a value, _idx=\\u2026, or" in run.output
