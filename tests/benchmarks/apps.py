"""Writes the apps that contenders are measured on."""

from pathlib import Path

from tests.files import write_files

HELLO = 'def handler(event, context):\n    return {"hello": "world"}\n'
HELLO_NODE = "exports.handler = async () => ({ hello: 'world' })\n"
COUNT = """import arc


def handler(request, context):
    session = arc.http.session_read(request)
    session["count"] = int(session.get("count", 0)) + 1
    return arc.http.res(
        request, {"session": session, "json": {"count": session["count"]}}
    )
"""
COUNT_NODE = """let arc = require('@architect/functions')

exports.handler = arc.http(async req => {
  let session = req.session
  session.count = (session.count || 0) + 1
  return { session, json: { count: session.count } }
})
"""
NODE = "@aws\nruntime nodejs22.x\n"
SECRET = "only-for-benchmarks-never-deploy-it"
SESSIONS = "@tables\nsessions\n  _idx *String\n  _ttl TTL\n"
STORES = {"table": "sessions", "JWE": "jwe"}

_SERVERLESS = """service: bench
frameworkVersion: '3'
provider: {name: aws, runtime: python3.11, region: us-west-2}
plugins: [serverless-offline]
functions:
"""


def hello_app(root: Path, *, routes: int = 1) -> Path:
    """Write an Architect app of so many routes that answer alike; the first is `/`."""
    paths = ["/", *(f"/route{number}" for number in range(1, routes))]
    folders = ["index", *(path[1:] for path in paths[1:])]
    lines = "".join(f"get {path}\n" for path in paths)
    files = {f"src/http/get-{folder}/index.py": HELLO for folder in folders}
    manifest = f"@app\nbench\n\n@aws\nruntime python\n\n@http\n{lines}"
    return write_files(root, {"app.arc": manifest, **files})


def node_hello_app(root: Path) -> Path:
    """Write the same app with its one route in Node."""
    manifest = f"@app\nbench\n\n{NODE}\n@http\nget /\n"
    return write_files(
        root, {"app.arc": manifest, "src/http/get-index/index.js": HELLO_NODE}
    )


def session_app(root: Path, *, store: str, node_modules: Path | None = None) -> Path:
    """Write an Architect app whose `POST /count` counts in a session.

    Args:
        root: an empty folder.
        store: a key of `STORES`.
        node_modules: has `@architect/functions`; then `POST /node` counts too.
    """
    routes = "post /count\n"
    files = {
        "src/http/post-count/index.py": COUNT,
        ".env": (f"ARC_SESSION_TABLE_NAME={STORES[store]}\nARC_APP_SECRET={SECRET}\n"),
    }
    if node_modules is not None:
        routes += "post /node\n"
        files["src/http/post-node/index.js"] = COUNT_NODE
        files["src/http/post-node/config.arc"] = NODE
    manifest = f"@app\nbench\n\n@aws\nruntime python\n\n@http\n{routes}\n{SESSIONS}"
    app = write_files(root, {"app.arc": manifest, **files})
    if node_modules is not None:
        (app / "node_modules").symlink_to(node_modules)
    return app


def serverless_app(root: Path, *, node_modules: Path, functions: int = 1) -> Path:
    """Write a Serverless app of so many functions; the first is `/`."""
    lines = []
    for number in range(functions):
        path = f"/route{number}" if number else "/"
        lines.append(
            f"  f{number}: {{handler: f{number}.handler, "
            f"events: [{{httpApi: 'GET {path}'}}]}}\n"
        )
    files = {f"f{number}.py": HELLO for number in range(functions)}
    app = write_files(root, {"serverless.yml": _SERVERLESS + "".join(lines), **files})
    (app / "node_modules").symlink_to(node_modules)
    return app


def framework_app(root: Path) -> Path:
    """Write an app for functions-framework."""
    return write_files(
        root, {"main.py": 'def hello(request):\n    return {"hello": "world"}\n'}
    )
