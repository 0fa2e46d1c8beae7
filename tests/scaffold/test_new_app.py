"""The files of a new app."""

import pytest

from sandbox.scaffold.new_app import app_name, new_app_files, sandbox_requirement


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
    files = new_app_files(
        name="shop", runtime="python3.12", secret="s3cret", sandbox="arc-sandbox==1"
    )

    assert "sessions\n  _idx *String\n  _ttl TTL\n" in files["app.arc"]
    assert "@app\nshop\n" in files["app.arc"]
    assert "ARC_APP_SECRET=s3cret\n" in files[".env"]
    assert ".env\n" in files[".gitignore"]
    assert "\narc-sandbox==1\n" in files["requirements.txt"]


@pytest.mark.parametrize(
    ("origin", "line"),
    [
        (None, "arc-sandbox[pytest]"),
        (
            '{"url": "file:///home/me/a%20b", "dir_info": {"editable": true}}',
            "-e '/home/me/a b[pytest]'",
        ),
        (
            '{"url": "file:///home/me/a%20b", "dir_info": {}}',
            "arc-sandbox[pytest] @ file:///home/me/a%20b",
        ),
        (
            '{"url": "https://a/b.git", "vcs_info": {"vcs": "git", "commit_id": "c0"}}',
            "arc-sandbox[pytest] @ git+https://a/b.git@c0",
        ),
        (
            '{"url": "https://a/b.whl", "archive_info": {}}',
            "arc-sandbox[pytest] @ https://a/b.whl",
        ),
    ],
)
def test_sandbox_requirement_installs_what_is_installed(
    origin: str | None, line: str
) -> None:
    """From wherever pip has noted that it came (PEP 610)."""
    assert sandbox_requirement(origin) == line
