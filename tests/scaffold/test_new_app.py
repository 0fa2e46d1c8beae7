"""The files of a new app."""

import pytest

from sandbox.scaffold.new_app import app_name, new_app_files


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("shop", "shop"),
        ("My Shop!", "my-shop"),
        ("2nd_app", "nd-app"),
        ("-x-", "my-app"),
        ("", "my-app"),
        ("Ünïcode", "n-code"),
    ],
)
def test_app_name_makes_a_name_of_any_folders(text: str, name: str) -> None:
    """Small letters, digits and hyphens, a letter first."""
    assert app_name(text) == name


def test_new_app_files_declare_the_session_table_as_deployed() -> None:
    """With the key and the TTL attribute that runtime helpers write."""
    files = new_app_files(name="shop", runtime="python3.12", secret="s3cret")

    assert "sessions\n  _idx *String\n  _ttl TTL\n" in files["app.arc"]
    assert "@app\nshop\n" in files["app.arc"]
    assert "ARC_APP_SECRET=s3cret\n" in files[".env"]
    assert ".env\n" in files[".gitignore"]
