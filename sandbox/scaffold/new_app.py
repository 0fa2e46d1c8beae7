"""Takes a name, gives the files of a small app that keeps a session in a table.

Pure. It runs as it is, here and once deployed, and its test passes.
"""

import json
import re
import shlex
from collections.abc import Mapping
from urllib.parse import urlsplit
from urllib.request import url2pathname

_MANIFEST = """@app
{name}

@aws
runtime {runtime}

@http
get /
post /count

# What a session holds is a row; DynamoDB removes it when its time is over.
@tables
sessions
  _idx *String
  _ttl TTL
"""
_ENVIRONMENT = """\
# Variables of your own machine: keep them out of version control.
# Deployed, each stage has its own: npx arc env --add --env production NAME value
ARC_APP_SECRET={secret}
ARC_SESSION_TABLE_NAME=sessions
"""
_IGNORED = """.env
.venv/
__pycache__/
.pytest_cache/
node_modules/
vendor/
sam.json
sam.yaml
"""
_DEVELOPMENT = """\
# For your own machine. What a function is deployed with stands beside it.
{sandbox}
architect-functions
"""
_EXTRA = "[pytest]"
_SANDBOX = f"arc-sandbox{_EXTRA}"
_FUNCTION = "architect-functions\n"
_PAGE = '''"""The page: shows how often this visitor has counted."""

import arc

PAGE = """<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>{name}</title>
</head>
<body>
  <h1>{name}</h1>
  <p>You have counted <output id="count">COUNT</output> times.</p>
  <form method="post" action="/count"><button>Count one more</button></form>
</body>
</html>
"""


def handler(request, context):
    session = arc.http.session_read(request)
    count = int(session.get("count", 0))
    return arc.http.res(request, {{"html": PAGE.replace("COUNT", str(count))}})
'''
_COUNT = '''"""Counts once more in the session, then shows the page again."""

import arc


def handler(request, context):
    session = arc.http.session_read(request)
    session["count"] = int(session.get("count", 0)) + 1
    return arc.http.res(request, {"session": session, "location": "/"})
'''
_TEST = '''"""Run with pytest: the fixtures are arc-sandbox's."""


def test_a_visitor_counts(arc_client, arc_session):
    page = arc_client.post("/count", follow_redirects=True)

    assert '<output id="count">1</output>' in page.text
    assert arc_session["count"] == 1


def test_a_session_ends_after_a_week(arc_client, arc_session, arc_clock):
    arc_session["count"] = 41
    arc_clock.advance(days=8)

    assert '<output id="count">0</output>' in arc_client.get("/").text
'''
_NOT_IN_NAMES = re.compile(r"[^a-z0-9-]+")


def app_name(text: str) -> str:
    """Make a name for @app of any text: `My shop!` gives `my-shop`."""
    name = _NOT_IN_NAMES.sub("-", text.lower()).strip("-")
    name = re.sub(r"^[^a-z]+", "", name)
    return name if len(name) > 1 else "my-app"


def sandbox_requirement(origin: str | None) -> str:
    """Give the line of a requirements.txt that installs what is installed here.

    Args:
        origin: what pip has noted of where it came from (PEP 610, direct_url.json);
            None where that is an index.
    """
    noted = json.loads(origin) if origin else {}
    url = noted.get("url")
    if url is None:
        return _SANDBOX
    if noted.get("dir_info", {}).get("editable"):
        clone = shlex.quote(url2pathname(urlsplit(url).path) + _EXTRA)
        return f"-e {clone}"
    if (vcs := noted.get("vcs_info")) is not None:
        url = f"{vcs['vcs']}+{url}@{vcs['commit_id']}"
    return f"{_SANDBOX} @ {url}"


def new_app_files(
    *, name: str, runtime: str, secret: str, sandbox: str
) -> Mapping[str, str]:
    """Give the files of a new app, by their path in its folder.

    Args:
        name: what @app is to have.
        runtime: a Lambda runtime of Python, such as `python3.12`.
        secret: what sessions are signed and encrypted with on this machine.
        sandbox: the line of a requirements.txt that installs arc-sandbox.

    Returns:
        Texts in the order in which they are to be written: a folder with a manifest is
        taken for a whole app.
    """
    return {
        ".env": _ENVIRONMENT.format(secret=secret),
        ".gitignore": _IGNORED,
        "requirements.txt": _DEVELOPMENT.format(sandbox=sandbox),
        "src/http/get-index/index.py": _PAGE.format(name=name),
        "src/http/get-index/requirements.txt": _FUNCTION,
        "src/http/post-count/index.py": _COUNT,
        "src/http/post-count/requirements.txt": _FUNCTION,
        "tests/test_app.py": _TEST,
        "app.arc": _MANIFEST.format(name=name, runtime=runtime),
    }
