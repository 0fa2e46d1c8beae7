"""HTTPS on localhost: a client that verifies, and the cookies that need it."""

import ssl
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser

from sandbox.options import Tls

pytestmark = pytest.mark.slow

HANDLER = """def handler(event, context):
    cookies = ["lax=1; SameSite=Lax; Path=/", "secure=1; Secure; SameSite=Lax; Path=/"]
    cookies.append("anywhere=1; Secure; SameSite=None; Path=/")
    return {
        "statusCode": 200,
        "cookies": cookies,
        "headers": {"content-type": "text/html"},
        "body": "<!doctype html><title>t</title>"
        + event["headers"]["x-forwarded-proto"]
        + "|" + ";".join(sorted(event.get("cookies", []))),
    }
"""
FORM = """def handler(event, context):
    address = "https://127.0.0.1:" + event["headers"]["host"].split(":")[1]
    form = f'<form method=post action="{address}/"><button>Send</button></form>'
    return {
        "statusCode": 200,
        "headers": {"content-type": "text/html"},
        "body": "<!doctype html><title>t</title>" + form,
    }
"""


@pytest.fixture
def no_thread_is_left() -> None:
    """Playwright's own threads are its own."""


@pytest.fixture
def app(make_app: Any) -> Any:
    """Give an app whose page sets cookies, and one with a form that is sent to it."""
    files = {
        "src/http/any-index/index.py": HANDLER,
        "src/http/get-form/index.py": FORM,
    }
    return make_app(files, "any /", "get /form")


def own_certificate(home: Path) -> Path:
    return home / ".local/state/arc-sandbox/tls/localhost.pem"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_client_that_verifies_is_answered(
    app: Any, serve: Any, tmp_path: Path, host: str
) -> None:
    """By the certificate that is kept in the developer's home, outside of the app."""
    served = serve(app, tls=Tls(), watch=False)
    context = ssl.create_default_context(cafile=str(own_certificate(tmp_path)))
    url = served.sandbox.url.replace("localhost", host)

    answer = httpx.get(url, verify=context)

    assert served.sandbox.url.startswith("https://localhost:")
    assert answer.text.endswith("https|")


def test_a_client_that_does_not_trust_it_harms_nobody(
    app: Any, serve: Any, tmp_path: Path
) -> None:
    """Nor one that speaks plain HTTP: the next is answered."""
    served = serve(app, tls=Tls())
    with pytest.raises(httpx.ConnectError):
        httpx.get(served.sandbox.url)
    with pytest.raises(httpx.TransportError):
        httpx.get(served.sandbox.url.replace("https", "http"))
    context = ssl.create_default_context(cafile=str(own_certificate(tmp_path)))

    assert httpx.get(served.sandbox.url, verify=context).status_code == 200


def test_a_certificate_of_the_developers_is_used(
    app: Any, start: Any, serve: Any, tmp_path: Path
) -> None:
    """--cert and --key; no other is made, and no word of trusting is said."""
    serve(app, tls=Tls())
    given = own_certificate(tmp_path)
    key = given.with_name("localhost-key.pem")
    run = start("--cert", str(given), "--key", str(key), cwd=app.root)

    assert "ready at https://localhost:" in run.output
    assert "trust it once" not in run.output


def test_the_banner_tells_how_to_trust_it(app: Any, start: Any) -> None:
    """And the file, in the state folder of the user's home."""
    run = start("--https", cwd=app.root)

    assert "trust it once" in run.output
    assert str(own_certificate(app.root)) in run.output


def test_half_a_pair_is_refused(app: Any, command: Any) -> None:
    """A certificate without its key."""
    run = command("start", "--cert", "app.arc", cwd=app.root)

    assert run.wait() == 2
    assert "--cert and --key go together" in run.output


def test_a_file_that_is_no_certificate_is_refused(app: Any, command: Any) -> None:
    """In one sentence, not in a traceback."""
    run = command("start", "--cert", "app.arc", "--key", "app.arc", cwd=app.root)

    assert run.wait() == 1
    assert 'The certificate "app.arc" and the key "app.arc" cannot be used' in (
        run.output
    )
    assert "Traceback" not in run.output


def test_a_browser_sends_secure_cookies_back(
    app: Any, serve: Any, chromium: Browser
) -> None:
    """Each kind to the site itself; from another site's form SameSite=None alone."""
    served = serve(app, tls=Tls(), watch=False)
    context = chromium.new_context(ignore_https_errors=True)
    page = context.new_page()
    page.goto(served.sandbox.url.replace("localhost", "127.0.0.1"))
    page.reload()
    own = page.locator("body").inner_text()

    page.goto(f"{served.sandbox.url}/form")
    page.get_by_role("button").click()
    page.wait_for_url("https://127.0.0.1:*/")
    from_elsewhere = page.locator("body").inner_text()
    context.close()

    assert own == "https|anywhere=1;lax=1;secure=1"
    assert from_elsewhere == "https|anywhere=1"
