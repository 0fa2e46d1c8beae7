"""@ws as a browser and a Node handler see it, and as the terminal tells of it."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from sandbox.options import Tls

pytestmark = pytest.mark.slow

PAGE = """PAGE = '''<!doctype html><title>chat</title><ol></ol><script>
const address = location.origin.replace('http', 'ws')
const socket = new WebSocket(address, ['chat'])
const show = text => {
  document.querySelector('ol').append(
    Object.assign(document.createElement('li'), { textContent: text }))
}
socket.onopen = () => {
  show('open ' + socket.protocol)
  socket.send('{"action":"hello"}')
}
socket.onmessage = ({ data }) => {
  show(data)
  if (data === 'hello Ada') socket.send('bye')
}
socket.onclose = ({ code, reason, wasClean }) => show(`closed ${code} ${wasClean}`)
</script>'''
def handler(event, context):
    return {
        "statusCode": 200,
        "headers": {"content-type": "text/html"},
        "cookies": ["name=Ada"],
        "body": PAGE,
    }
"""
CONNECT = """exports.handler = async event => {
  const cookie = event.headers.Cookie || ''
  if (!cookie.includes('name=Ada')) return { statusCode: 401 }
  return { statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'chat' } }
}
"""
HELLO = """import arc from '@architect/functions'
export const handler = async event => {
  const id = event.requestContext.connectionId
  const { Identity } = await arc.ws.info({ id })
  await arc.ws.send({ id, payload: { from: Identity.sourceIp } })
  await arc.ws.send({ id, payload: 'hello Ada' })
  return { statusCode: 200 }
}
"""
BYE = """let arc = require('@architect/functions')
exports.handler = async function (event) {
  console.log(process.env.ARC_WSS_URL)
  await arc.ws.close({ id: event.requestContext.connectionId })
  return { statusCode: 200 }
}
"""
GONE = """let arc = require('@architect/functions')
exports.handler = async function (event) {
  try {
    await arc.ws.send({ id: event.requestContext.connectionId, payload: {} })
  }
  catch (error) {
    console.log(error.statusCode)
  }
}
"""
NODE = "@aws\nruntime nodejs22.x\n"
FILES = {
    "src/http/get-index/index.py": PAGE,
    "src/ws/connect/index.js": CONNECT,
    "src/ws/hello/index.mjs": HELLO,
    "src/ws/default/index.js": BYE,
    "src/ws/disconnect/index.js": GONE,
    **{
        f"src/ws/{name}/config.arc": NODE
        for name in ("connect", "hello", "default", "disconnect")
    },
}


@pytest.fixture
def no_thread_is_left() -> None:
    """Playwright's own threads are its own."""


@pytest.fixture
def app(make_app: Any, node_modules: Path) -> Any:
    """Give an app whose page talks with functions in Node."""
    app = make_app(FILES, more="@ws\nhello")
    (app.root / "node_modules").symlink_to(node_modules)
    return app


def lines_of(page: Page) -> list[str]:
    """Give what the page shows, once its connection was closed."""
    page.get_by_text("closed").wait_for()
    return page.get_by_role("listitem").all_inner_texts()


@pytest.mark.parametrize("tls", [None, Tls()])
def test_a_page_talks_with_functions_in_node(
    app: Any, serve: Any, chromium: Browser, tls: Tls | None
) -> None:
    """With its cookies, and the real helper; `wss` where the page came by HTTPS."""
    served = serve(app, tls=tls)
    context = chromium.new_context(ignore_https_errors=True)
    page = context.new_page()
    page.goto(served.sandbox.url)
    lines = lines_of(page)
    context.close()

    assert lines == [
        "open chat",
        '{"from":"127.0.0.1"}',
        "hello Ada",
        "closed 1000 true",
    ]
    assert served.sandbox.bus.wait_idle(30)
    printed = {
        delivery.function.key: delivery.execution.output.strip()
        for delivery in served.sandbox.bus.deliveries
    }
    address = served.sandbox.url.rstrip("/").replace("http", "ws", 1)
    assert printed["@ws disconnect"] == "410"
    assert printed["@ws default"] == address


def test_the_terminal_tells_of_websockets(app: Any, start: Any) -> None:
    """Where they are, and what became of each event."""
    run = start(cwd=app.root)

    assert "@ws connect, default, disconnect, hello  (ws://localhost:" in run.output
