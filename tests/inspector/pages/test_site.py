"""Pages over the internal port: what is guarded, what is escaped, what is lazy."""

import json
import re
import subprocess
import sys
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

pytestmark = pytest.mark.slow

THINGS = "testapp-staging-things"
NASTY = "\"'><script>alert(1)</script>{{7919*6101*8}}</textarea>"
EVALUATED = "386510552"
"""What a template engine would make of the braces: nothing else on a page says it."""
PATHS = (
    *(
        "/",
        "/requests",
        "/deliveries",
        "/connections",
        "/sessions",
        "/tables",
        f"/tables/{THINGS}",
    ),
    *(f"/tables/{THINGS}/row", "/functions", "/clock", "/advice", "/environment"),
)


def test_every_page_carries_its_guards(table_app: Any) -> None:
    """No frames, no scripts but ours, no styles but ours, and no CORS for anybody."""
    for path in (*PATHS, "/nowhere", "/assets/inspector.js"):
        headers = table_app.api.get(path).headers
        policy = headers["content-security-policy"].split("; ")

        assert "default-src 'self'" in policy
        assert {"frame-ancestors 'none'", "base-uri 'none'"} <= set(policy)
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert not [name for name in headers if name.startswith("access-control")]


def test_pages_keep_to_their_own_policy(table_app: Any) -> None:
    """Nothing inline, which the policy would block."""
    for path in PATHS:
        html = table_app.api.get(path).text

        assert re.findall(r"<script(?![^>]* src=)|<style| style=| on\w+=", html) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Origin": "http://evil.example"},
        {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Mode": "navigate"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    ],
)
def test_no_other_page_reads_one(table_app: Any, headers: dict[str, str]) -> None:
    """Rebound names, other origins, frames and embedding are refused."""
    answer = table_app.api.get("/sessions", headers=headers)

    assert answer.status_code == 403
    assert "testapp" not in answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_page_changes_nothing(table_app: Any, method: str) -> None:
    """A form of any origin meets no page that would act on it."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    with_header = table_app.api.request(method, "/clock", headers=headers)
    del table_app.api.headers["X-Arc-Sandbox"]
    try:
        without = table_app.api.request(method, "/clock", headers=headers)
    finally:
        table_app.api.headers["X-Arc-Sandbox"] = "1"

    assert (with_header.status_code, without.status_code) == (405, 403)
    assert with_header.headers["allow"] == "GET, HEAD"


def test_functions_of_one_name_have_each_an_environment(table_app: Any) -> None:
    """Their links and the list lead to each of them, not twice to the first."""
    links = re.findall(
        r'"(/environment\?function=[^"]*ping)"', table_app.api.get("/functions").text
    )
    pages = [table_app.api.get(link).text for link in links]

    chosen = [re.findall("<option selected>(.*?)</option>", page) for page in pages]
    assert chosen == [["@events ping"], ["@queues ping"]]


def test_values_are_escaped_everywhere(inspected: Any) -> None:
    """Paths, headers, cookies, bodies, sessions and rows stay text."""
    app, api = inspected.app, inspected.api
    headers = {"x-nasty": NASTY, "cookie": f"a={NASTY}", "referer": NASTY}
    app.request("POST", "/count", params={"q": NASTY}, headers=headers, content=NASTY)
    app.get("/nasty/<script>")
    made = inspected.post("sessions/forge", {"data": {NASTY: NASTY}})
    row = {"owner": NASTY, "at": 1, NASTY: {NASTY: [NASTY]}}
    assert api.put(f"/api/tables/{THINGS}/rows", json={"row": row}).status_code == 200
    key = json.dumps({"owner": NASTY, "at": 1})
    connection = inspected.connected(NASTY, path=f"/?{quote(NASTY)}")
    inspected.publish("events", "ping", NASTY)
    sent = {"text": NASTY}
    inspected.post(f"connections/{connection}/messages", sent)
    ids = [one["id"] for one in inspected.get("requests")["requests"]]
    deliveries = [one["id"] for one in inspected.get("deliveries")["deliveries"]]
    paths = [
        *(f"/deliveries/{each}" for each in deliveries),
        *("/deliveries", f"/deliveries?text={NASTY}", "/connections"),
        f"/connections/{connection}",
        *(f"/requests/{each}" for each in ids),
        *(f"/sessions/{made['id']}", "/sessions", "/", f"/tables/{THINGS}"),
        *(f"/?path={NASTY}", f"/sessions?text={NASTY}", f"/{NASTY}"),
        *(f"/tables/{THINGS}?key={NASTY}", f"/environment?function={NASTY}"),
        f"/tables/{THINGS}?index={NASTY}",
    ]
    pages = [api.get(path) for path in paths]
    pages.append(api.get(f"/tables/{THINGS}/row", params={"key": key}))

    assert (len(ids), len(deliveries)) == (3, 4)
    assert [page.status_code for page in pages if page.status_code >= 500] == []
    for page in pages:
        assert "<script>alert" not in page.text
        assert EVALUATED not in page.text
    (text,) = re.findall(
        r'<textarea id="row".*?>(.*?)</textarea>', pages[-1].text, re.S
    )
    assert json.loads(unescape(text)) == row


def test_what_is_not_there_is_a_page(table_app: Any) -> None:
    """With the reason, the remedy and the menu."""
    kinds = ("requests", "deliveries", "connections", "sessions", "tables")
    for path in ("/nowhere", *(f"/{kind}/none" for kind in kinds)):
        answer = table_app.api.get(path)

        assert answer.status_code == 404
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert "There is no" in answer.text
        assert 'href="/sessions"' in answer.text


def test_requests_show_while_the_app_is_broken(table_app: Any) -> None:
    """The trouble is on every page, and the journal still there."""
    table_app.app.get("/")
    manifest = table_app.sandbox.project.manifest_file
    text = manifest.read_text()
    manifest.write_text(text + "\n@http\nbogus /<script>\n")
    try:
        answers = [table_app.api.get(path) for path in ("/", "/functions")]
    finally:
        manifest.write_text(text)

    assert [answer.status_code for answer in answers] == [200, 409]
    assert all("cannot be read as it stands" in answer.text for answer in answers)
    assert 'class="line request"' in answers[0].text


def test_head_gives_no_body(table_app: Any) -> None:
    """Length and type as GET has them."""
    answer = table_app.api.head("/")

    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) > 1000


def test_a_table_operation_is_told_with_its_request(table_app: Any) -> None:
    """The rows that a handler reads and writes are attributed to its request."""
    table_app.app.post("/count")
    table_app.app.post("/count")
    request = table_app.get("requests")["requests"][1]["id"]

    operations = table_app.get(f"requests/{request}")["table_operations"]

    assert {one["operation"] for one in operations} == {"GetItem", "PutItem"}
    assert {table for one in operations for table in one["tables"]} == {
        "testapp-staging-sessions"
    }
    assert "Operations on tables" in table_app.api.get(f"/requests/{request}").text


def test_jinja_is_loaded_by_the_first_page_only(tmp_path: Path) -> None:
    """A sandbox whose inspector nobody opens never pays for its pages."""
    script = """
import sys
from pathlib import Path
import httpx
from sandbox.options import Options
from sandbox.sandbox import Sandbox
root = Path(sys.argv[1])
(root / "app.arc").write_text("@app\\ntestapp\\n")
with Sandbox(root, options=Options.for_program({})) as sandbox:
    httpx.get(f"{sandbox.inspector_url}/api/clock")
    print("jinja2" in sys.modules)
    httpx.get(sandbox.inspector_url)
    print("jinja2" in sys.modules)
"""
    loaded = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()

    assert loaded == ["False", "True"]
