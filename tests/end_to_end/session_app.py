"""One app, its sessions kept by each of the three runtime helpers."""

from collections.abc import Iterable
from pathlib import Path

from sandbox import runtime_helper
from tests.files import write_files

HELPERS = ("own", "pypi", "npm")
STORES = ("jwe", "sessions")

PYTHON = """import arc

def handler(request, context):
    session = arc.http.session_read(request)
    count = int(session.get("count", 0))
    if request["requestContext"]["http"]["method"] == "GET":
        return {"count": count}
    session["count"] = count + 1
    return arc.http.res(request, {"session": session, "json": {"count": count + 1}})
"""
NODE = """import arc from '@architect/functions'

export async function handler (request) {
  const session = await arc.http.session.read(request)
  const count = session.count || 0
  if (request.requestContext.http.method === 'GET') return { count }
  session.count = count + 1
  const cookie = await arc.http.session.write(session)
  return { statusCode: 200, headers: { 'set-cookie': cookie }, body: '{}' }
}
"""
MANIFEST = """@app
testapp

@aws
runtime python

@http
any /own
any /pypi
any /npm

@tables
sessions
  _idx *String
  {ttl}
"""


def write_app(root: Path, node_modules: Path, *, ttl: str = "_ttl TTL") -> None:
    """Write the app, with routes /own, /pypi and /npm: POST counts, GET reads.

    What a function has in `vendor/` comes before what is installed; so the sandbox's
    own `arc` is had beside `architect-functions`.
    """
    files = {
        "app.arc": MANIFEST.format(ttl=ttl),
        "src/http/any-own/index.py": PYTHON,
        "src/http/any-pypi/index.py": PYTHON,
        "src/http/any-npm/index.mjs": NODE,
        "src/http/any-npm/config.arc": "@aws\nruntime nodejs22.x\n",
    }
    write_files(root, files)
    vendor = root / "src/http/any-own/vendor"
    vendor.mkdir()
    (vendor / "arc").symlink_to(Path(next(iter(runtime_helper.__path__))) / "arc")
    (root / "node_modules").symlink_to(node_modules)


def dotenv(lines: Iterable[str]) -> str:
    """Give the text of a .env file."""
    return "".join(f"{line}\n" for line in lines)
