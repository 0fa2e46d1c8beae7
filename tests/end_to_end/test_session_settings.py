"""Every session setting, in both stores, through all three runtime helpers.

One sandbox serves them all: an edit of `.env` counts from the next request on. What a
helper makes of a setting is that helper's own: `architect-functions` 1 ignores two.
"""

import base64
import json
import os
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.options import Options
from sandbox.sandbox import Sandbox
from tests.end_to_end.session_app import HELPERS, STORES, dotenv, write_app

pytestmark = pytest.mark.slow

SECRET = "abcdefghijklmnopqrstuvwxyz0123456789ABCD"  # longer than any key
OTHER_SECRET = SECRET[::-1]


@dataclass(frozen=True)
class SetCookie:
    """A Set-Cookie header, its attributes by lower-case name."""

    value: str
    attributes: Mapping[str, str]

    @classmethod
    def parse(cls, line: str) -> "SetCookie":
        pair, *rest = (part.strip() for part in line.split(";"))
        attributes = (part.partition("=") for part in rest)
        return cls(
            value=pair.removeprefix("_idx="),
            attributes={name.lower(): value for name, _, value in attributes},
        )

    @property
    def encryption(self) -> str:
        """The `enc` of a JWE token; empty for a signed id."""
        if self.value.count(".") != 4:
            return ""
        header = self.value.partition(".")[0]
        text = base64.urlsafe_b64decode(header + "=" * (-len(header) % 4))
        return str(json.loads(text)["enc"])


@dataclass
class Desk:
    """The running app, whose `.env` a test writes."""

    root: Path
    client: httpx.Client

    def configure(self, store: str, *settings: str) -> None:
        lines = [f"ARC_SESSION_TABLE_NAME={store}", *settings]
        (self.root / ".env").write_text(dotenv(lines))

    def count(self, helper: str, cookie: str = "") -> SetCookie:
        answer = self.client.post(f"/{helper}", headers=_cookie_header(cookie))
        self.client.cookies.clear()
        assert answer.status_code == 200, answer.text
        return SetCookie.parse(answer.headers["set-cookie"])

    def read(self, helper: str, cookie: str) -> int:
        answer = self.client.get(f"/{helper}", headers=_cookie_header(cookie))
        self.client.cookies.clear()
        count: int = answer.json()["count"]
        return count


def _cookie_header(cookie: str) -> dict[str, str]:
    return {"cookie": f"_idx={cookie}"} if cookie else {}


@pytest.fixture(scope="module")
def desk(
    tmp_path_factory: pytest.TempPathFactory, node_modules: Path
) -> Iterator[Desk]:
    """Serve the app once for all tests of this file; no thread is left behind."""
    before = set(threading.enumerate())
    root = tmp_path_factory.mktemp("settings") / "app"
    write_app(root, node_modules)
    options = Options.for_program({"PATH": os.environ["PATH"]})  # noqa: TID251 - node
    with (
        Sandbox(root, options=options) as sandbox,
        httpx.Client(base_url=sandbox.url, timeout=30) as client,
    ):
        yield Desk(root, client)
    new = set(threading.enumerate()) - before
    assert [thread.name for thread in new if thread.name.startswith("arc-")] == []


@pytest.fixture(autouse=True)
def no_thread_is_left() -> None:
    """Leave threads alone: the sandbox outlives a test, and its end is checked."""


def by_helper(**expected: str) -> dict[str, str]:
    return {helper: expected.get(helper, expected["others"]) for helper in HELPERS}


@pytest.mark.parametrize("store", STORES)
def test_a_session_is_kept_in_the_store_that_is_named(desk: Desk, store: str) -> None:
    """ARC_SESSION_TABLE_NAME: a token of five parts, or an id and its signature."""
    desk.configure(store, f"ARC_APP_SECRET={SECRET}")

    for helper in HELPERS:
        first = desk.count(helper)
        second = desk.count(helper, first.value)
        assert desk.read(helper, second.value) == 2, helper
        assert bool(first.encryption) == (store == "jwe"), helper


def test_a_table_is_named_physically_too(desk: Desk) -> None:
    """As the guide says, by its name in AWS."""
    desk.configure("testapp-staging-sessions", f"ARC_APP_SECRET={SECRET}")

    for helper in HELPERS:
        assert desk.read(helper, desk.count(helper).value) == 1, helper


@pytest.mark.parametrize("variable", ["ARC_SESSION_TABLE_NAME", "SESSION_TABLE_NAME"])
def test_the_shell_may_name_the_table(
    tmp_path: Path, serve: Any, node_modules: Path, variable: str
) -> None:
    """As Architect's sandbox has it; only one of the names counts in `.env`."""
    write_app(tmp_path / "app", node_modules)
    shell = {"PATH": os.environ["PATH"], variable: "sessions"}  # noqa: TID251 - node
    desk = Desk(tmp_path / "app", serve(tmp_path / "app", shell=shell).client)

    for helper in HELPERS:
        cookie = desk.count(helper)
        assert (cookie.encryption, desk.read(helper, cookie.value)) == ("", 1), helper


@pytest.mark.parametrize("store", STORES)
def test_another_secret_refuses_the_session(desk: Desk, store: str) -> None:
    """ARC_APP_SECRET protects both stores; the old cookie reads as no session."""
    desk.configure(store, f"ARC_APP_SECRET={SECRET}")
    cookies = {helper: desk.count(helper).value for helper in HELPERS}
    kept = {helper: desk.read(helper, cookies[helper]) for helper in HELPERS}

    desk.configure(store, f"ARC_APP_SECRET={OTHER_SECRET}")
    refused = {helper: desk.read(helper, cookies[helper]) for helper in HELPERS}

    assert kept == dict.fromkeys(HELPERS, 1)
    assert refused == dict.fromkeys(HELPERS, 0)


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize(
    ("setting", "attribute", "expected"),
    [
        ("", "domain", by_helper(others="")),
        ("ARC_SESSION_DOMAIN=example.com", "domain", by_helper(others="example.com")),
        ("", "samesite", by_helper(others="lax")),
        (
            "ARC_SESSION_SAME_SITE=strict",
            "samesite",
            by_helper(others="strict", pypi="lax"),
        ),
        (
            "ARC_SESSION_SAME_SITE=none",
            "samesite",
            by_helper(others="none", pypi="lax"),
        ),
        ("", "max-age", by_helper(others="788400000")),
        ("ARC_SESSION_TTL=3600", "max-age", by_helper(others="3600")),
        ("ARC_SESSION_TTL=3600", "path", by_helper(others="/")),
    ],
)
def test_the_cookie_has_the_attribute(
    desk: Desk, store: str, setting: str, attribute: str, expected: dict[str, str]
) -> None:
    """Domain, SameSite, Max-Age and Path, and never Secure in testing."""
    desk.configure(store, f"ARC_APP_SECRET={SECRET}", setting)

    cookies = {helper: desk.count(helper) for helper in HELPERS}

    assert {
        helper: cookie.attributes.get(attribute, "").lower()
        for helper, cookie in cookies.items()
    } == expected
    assert not any("secure" in cookie.attributes for cookie in cookies.values())
    assert all("httponly" in cookie.attributes for cookie in cookies.values())


@pytest.mark.parametrize("store", STORES)
def test_expires_agrees_with_max_age(desk: Desk, store: str) -> None:
    """To the second, where it is a date: `architect-functions` writes a number."""
    desk.configure(store, "ARC_SESSION_TTL=3600")

    for helper in ("own", "npm"):
        answer = desk.client.post(f"/{helper}")
        sent = parsedate_to_datetime(answer.headers["date"])
        expires = SetCookie.parse(answer.headers["set-cookie"]).attributes["expires"]
        lifetime = parsedate_to_datetime(expires) - sent
        assert abs(lifetime.total_seconds() - 3600) <= 2, helper
    assert float(desk.count("pypi").attributes["expires"])


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize("algorithm", ["A256GCM", "A192GCM", "A128GCM"])
def test_the_algorithm_is_the_token_s(desk: Desk, store: str, algorithm: str) -> None:
    """ARC_APP_SECRET_ALGO, with a secret that is cut to its key; no matter to rows."""
    desk.configure(
        store, f"ARC_APP_SECRET={SECRET}", f"ARC_APP_SECRET_ALGO={algorithm}"
    )

    for helper in HELPERS:
        cookie = desk.count(helper)
        assert cookie.encryption == (algorithm if store == "jwe" else ""), helper
        assert desk.read(helper, cookie.value) == 1, helper


@pytest.mark.parametrize("store", STORES)
def test_the_legacy_secret_means_the_old_key(desk: Desk, store: str) -> None:
    """ARC_FORCE_LEGACY_JWE_SECRET: A128GCM with the secret read as base64.

    `architect-functions` ignores it, as it never had another key.
    """
    desk.configure(store, f"ARC_APP_SECRET={SECRET}", "ARC_FORCE_LEGACY_JWE_SECRET=1")

    found: dict[str, Any] = {}
    for helper in HELPERS:
        cookie = desk.count(helper)
        found[helper] = (cookie.encryption, desk.read(helper, cookie.value))

    names = by_helper(others="A128GCM", pypi="A256GCM")
    assert found == {
        helper: (names[helper] if store == "jwe" else "", 1) for helper in HELPERS
    }


def test_a_secret_that_is_too_short_ends_the_request(desk: Desk) -> None:
    """Each helper refuses to write a token with it, and says what it needs."""
    desk.configure("jwe", "ARC_APP_SECRET=short")

    statuses = [desk.client.post(f"/{helper}").status_code for helper in HELPERS]

    assert statuses == [500, 500, 500]
