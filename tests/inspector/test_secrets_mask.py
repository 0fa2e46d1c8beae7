"""Which variables are hidden."""

import pytest

from sandbox.inspector.secrets_mask import MASK, is_secret, show_variables


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ARC_APP_SECRET", "x"),
        ("STRIPE_API_KEY", "x"),
        ("APIKEY", "x"),
        ("AWS_SECRET_ACCESS_KEY", "x"),
        ("github_token", "x"),
        ("DB_PASSWORD", "x"),
        ("SMTP_PASS", "x"),
        ("SENTRY_DSN", "x"),
        ("DATABASE_URL", "postgres://ada:sesame@db.example/app"),
        ("CERT", "-----BEGIN RSA PRIVATE KEY-----"),
    ],
)
def test_secrets_are_known_by_name_or_shape(name: str, value: str) -> None:
    """Better one too many than one too few."""
    assert is_secret(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ARC_ENV", "testing"),
        ("ARC_SESSION_TABLE_NAME", "jwe"),
        ("PATH", "/usr/bin"),
        ("KEYBOARD", "qwerty"),
        ("MONKEY", "x"),
        ("COMPASS", "north"),
        ("DATABASE_URL", "postgres://db.example/app"),
        ("ARC_APP_SECRET", ""),
    ],
)
def test_other_variables_are_shown(name: str, value: str) -> None:
    """A list of masks would help nobody."""
    assert not is_secret(name, value)


def test_variables_come_in_order_of_names() -> None:
    """The mask says nothing of a secret's length."""
    shown = show_variables({"B_TOKEN": "long secret", "A": "1"}, reveal=False)

    assert [(one.name, one.value) for one in shown] == [("A", "1"), ("B_TOKEN", MASK)]
