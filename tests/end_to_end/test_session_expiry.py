"""A user signs in, days pass in milliseconds, and what holds then is written down.

Facts of the helpers: `@architect/functions` 8 refuses a token a week after it was
written, `architect-functions` 1 accepts one of any age, and neither looks at the `_ttl`
of a row.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.session_app import HELPERS, dotenv, write_app

pytestmark = pytest.mark.slow

DAY_SECONDS = 86_400
EVERYONE = dict.fromkeys(HELPERS, True)
NOBODY = dict.fromkeys(HELPERS, False)
GUIDE = "ttl TTL"
"""What the sessions guide declares, and no helper writes."""


@pytest.fixture
def signed_in(
    tmp_path: Path, serve: Any, node_modules: Path
) -> Callable[..., Callable[[float], dict[str, bool]]]:
    """Give a function that signs in with each helper, and gives one that waits days.

    That one tells, by helper, whether the user is still signed in then.
    """

    def start(
        *settings: str, ttl: str = "_ttl TTL", preferences: str = ""
    ) -> Callable[[float], dict[str, bool]]:
        root = tmp_path / "app"
        write_app(root, node_modules, ttl=ttl)
        (root / ".env").write_text(dotenv(settings))
        if preferences:
            (root / "prefs.arc").write_text(f"@sandbox\n{preferences}\n")
        served = serve(root)
        jars = {helper: _signed_in(served.client, helper) for helper in HELPERS}

        def still_in(after_days: float) -> dict[str, bool]:
            served.sandbox.clock.advance(after_days * DAY_SECONDS)
            return {
                helper: _count(served.client, helper, cookie) > 0
                for helper, cookie in jars.items()
            }

        return still_in

    return start


def _signed_in(client: Any, helper: str) -> str:
    answer = client.post(f"/{helper}")
    cookie: str = answer.headers["set-cookie"].strip().partition(";")[0]
    client.cookies.clear()
    return cookie


def _count(client: Any, helper: str, cookie: str) -> int:
    answer = client.get(f"/{helper}", headers={"cookie": cookie})
    client.cookies.clear()
    count: int = answer.json()["count"]
    return count


@pytest.mark.parametrize("ttl", ["_ttl TTL", GUIDE])
def test_table_session_ends_after_a_week(signed_in: Any, ttl: str) -> None:
    """By default as the guide promises, even where its own example is followed."""
    still_in = signed_in("ARC_SESSION_TABLE_NAME=sessions", ttl=ttl)

    assert still_in(6) == EVERYONE
    assert still_in(2) == NOBODY


def test_table_session_that_aws_never_deletes(signed_in: Any) -> None:
    """`@sandbox ttl aws`: the row stays, as AWS looks at the declared attribute.

    Only the sandbox's own `arc` looks at `_ttl` when it reads.
    """
    still_in = signed_in(
        "ARC_SESSION_TABLE_NAME=sessions", ttl=GUIDE, preferences="ttl aws"
    )

    assert still_in(300) == {"own": False, "pypi": True, "npm": True}


def test_table_session_that_aws_deletes_late(signed_in: Any) -> None:
    """`@sandbox ttl-lag 48h`: code that never checks reads due rows until then."""
    still_in = signed_in("ARC_SESSION_TABLE_NAME=sessions", preferences="ttl-lag 48h")

    assert still_in(8) == {"own": False, "pypi": True, "npm": True}
    assert still_in(1.1) == NOBODY


def test_token_session_with_a_lifetime_of_a_week(signed_in: Any) -> None:
    """ARC_SESSION_TTL=604800: the browser drops the cookie, whoever wrote it."""
    still_in = signed_in("ARC_SESSION_TABLE_NAME=jwe", "ARC_SESSION_TTL=604800")

    assert still_in(6) == EVERYONE
    assert still_in(2) == NOBODY


def test_token_session_with_the_default_lifetime(signed_in: Any) -> None:
    """Of 25 years: only `@architect/functions` ends it, after a week."""
    still_in = signed_in("ARC_SESSION_TABLE_NAME=jwe")

    assert still_in(6) == EVERYONE
    assert still_in(2) == {"own": True, "pypi": True, "npm": False}
