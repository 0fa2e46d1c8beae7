"""Settings: every documented variable, its default, and what is refused."""

import pytest

from sandbox.sessions.settings import (
    DEFAULT_MAX_AGE_SECONDS,
    Helper,
    SessionSettings,
    SessionSettingsError,
)

LONG_SECRET = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH"


def settings_of(**environment: str) -> SessionSettings:
    return SessionSettings.from_environment(environment)


def test_settings_have_the_documented_defaults() -> None:
    """Nothing set means JWE, A256GCM, the public key, Lax and a very long life."""
    settings = settings_of()

    assert settings == SessionSettings(
        table_name=None,
        secret="",
        app_name="",
        algorithm="A256GCM",
        legacy=False,
        max_age_seconds=788_400_000,
        domain=None,
        same_site="Lax",
        secure=True,
    )
    assert settings.encryption_key() == b"12345678901234567890123456789012"
    assert settings.key_source == "default"


@pytest.mark.parametrize(
    ("environment", "store", "table_name"),
    [
        ({"ARC_SESSION_TABLE_NAME": "jwe"}, "jwe", None),
        ({"ARC_SESSION_TABLE_NAME": "sessions"}, "table", "sessions"),
        ({"ARC_SESSION_TABLE_NAME": ""}, "jwe", None),
        ({"SESSION_TABLE_NAME": "old"}, "table", "old"),
        ({"ARC_SESSION_TABLE_NAME": "", "SESSION_TABLE_NAME": "old"}, "table", "old"),
        ({"ARC_SESSION_TABLE_NAME": "jwe", "SESSION_TABLE_NAME": "old"}, "jwe", None),
    ],
)
def test_settings_choose_the_store(
    environment: dict[str, str], store: str, table_name: str | None
) -> None:
    """The table's name decides, the newer variable first; `jwe` is no table."""
    settings = SessionSettings.from_environment(environment)

    assert (settings.store, settings.table_name) == (store, table_name)


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [
        ("A256GCM", b"abcdefghijklmnopqrstuvwxyz012345"),
        ("A192GCM", b"abcdefghijklmnopqrstuvwx"),
        ("A128GCM", b"abcdefghijklmnop"),
    ],
)
def test_settings_cut_a_long_secret(algorithm: str, key: bytes) -> None:
    """A longer secret is cut to the algorithm's octets."""
    settings = settings_of(ARC_APP_SECRET=LONG_SECRET, ARC_APP_SECRET_ALGO=algorithm)

    assert settings.encryption_key() == key


@pytest.mark.parametrize(
    ("algorithm", "length"), [("A256GCM", 32), ("A192GCM", 24), ("A128GCM", 16)]
)
def test_settings_refuse_a_short_secret(algorithm: str, length: int) -> None:
    """One octet too few is an error that names the length."""
    settings = settings_of(
        ARC_APP_SECRET="x" * (length - 1), ARC_APP_SECRET_ALGO=algorithm
    )

    with pytest.raises(SessionSettingsError) as caught:
        settings.encryption_key()

    assert f"gives {length - 1} bytes, and {length} are required" in str(caught.value)
    assert "openssl rand -base64 32" in caught.value.remedy
    assert caught.value.exit_code == 2


def test_settings_count_a_secret_in_octets() -> None:
    """Sixteen letters of two octets each are a key of 32 octets."""
    settings = settings_of(ARC_APP_SECRET="é" * 16)

    assert settings.encryption_key() == b"\xc3\xa9" * 16


def test_settings_take_any_secret_for_signing() -> None:
    """A table-backed session is signed with the secret, the app's name, or a word."""
    table = {"ARC_SESSION_TABLE_NAME": "sessions"}

    assert settings_of(ARC_APP_SECRET="s", **table).signing_secret == "s"
    assert settings_of(ARC_APP_NAME="app", **table).signing_secret == "app"
    assert settings_of(**table).signing_secret == "fallback"


@pytest.mark.parametrize(
    ("environment", "source"),
    [
        ({"ARC_APP_SECRET": "s", "ARC_APP_NAME": "app"}, "ARC_APP_SECRET"),
        ({"ARC_APP_NAME": "app", "ARC_SESSION_TABLE_NAME": "s"}, "ARC_APP_NAME"),
        ({"ARC_APP_NAME": "app"}, "default"),
        ({"ARC_SESSION_TABLE_NAME": "s"}, "default"),
    ],
)
def test_settings_tell_where_the_key_comes_from(
    environment: dict[str, str], source: str
) -> None:
    """Only table-backed sessions fall back to the app's name."""
    assert SessionSettings.from_environment(environment).key_source == source


@pytest.mark.parametrize(
    ("secret", "key"),
    [
        ("MTIzNDU2Nzg5MDEyMzQ1Ng==", "31323334353637383930313233343536"),
        ("MTIz NDU2Nzg5MDEyMzQ1Ng", "31323334353637383930313233343536"),
        ("ab_-cd+/é!ababcdefghijklmnop", "69bffe71dfbf69b69b71d79f8218a392"),
    ],
)
def test_settings_read_a_legacy_secret_as_base64(secret: str, key: str) -> None:
    """The expected keys are what Node's Buffer.from(secret, "base64") gives."""
    settings = settings_of(ARC_APP_SECRET=secret, ARC_FORCE_LEGACY_JWE_SECRET="true")

    assert settings.algorithm == "A128GCM"
    assert settings.encryption_key().hex() == key


def test_settings_give_the_legacy_default_key() -> None:
    """Without a secret, legacy tokens use the public key of sixteen digits."""
    settings = settings_of(ARC_FORCE_LEGACY_JWE_SECRET="1")

    assert settings.encryption_key() == b"1234567890123456"


def test_settings_refuse_a_short_legacy_secret() -> None:
    """The length counts after decoding."""
    settings = settings_of(ARC_APP_SECRET="x" * 20, ARC_FORCE_LEGACY_JWE_SECRET="1")

    with pytest.raises(SessionSettingsError, match="read as base64, it gives 15 bytes"):
        settings.encryption_key()


@pytest.mark.parametrize(
    ("environment", "seconds"),
    [
        ({"ARC_SESSION_TTL": "86400"}, 86_400),
        ({"ARC_SESSION_TTL": "0"}, 0),
        ({"ARC_SESSION_TTL": "-1"}, -1),
        ({"ARC_SESSION_TTL": ""}, DEFAULT_MAX_AGE_SECONDS),
        ({"SESSION_TTL": "60"}, 60),
        ({"ARC_SESSION_TTL": "5", "SESSION_TTL": "60"}, 5),
    ],
)
def test_settings_read_the_ttl(environment: dict[str, str], seconds: int) -> None:
    """Seconds, the newer variable first, empty as if not set."""
    assert SessionSettings.from_environment(environment).max_age_seconds == seconds


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("ARC_SESSION_TTL", "1.5", 'ARC_SESSION_TTL is "1.5"'),
        ("ARC_SESSION_TTL", "a day", 'ARC_SESSION_TTL is "a day"'),
        ("SESSION_TTL", "1e9", 'SESSION_TTL is "1e9"'),
        ("ARC_SESSION_TTL", "9" * 5000, "too many seconds"),
        ("ARC_SESSION_SAME_SITE", "bogus", 'ARC_SESSION_SAME_SITE is "bogus"'),
        ("ARC_APP_SECRET_ALGO", "A512GCM", 'ARC_APP_SECRET_ALGO is "A512GCM"'),
        ("ARC_SESSION_DOMAIN", "a.com; Secure", 'is "a.com; Secure"'),
        ("SESSION_DOMAIN", "http://a.com", 'SESSION_DOMAIN is "http://a.com"'),
    ],
)
def test_settings_refuse_what_cannot_work(
    variable: str, value: str, message: str
) -> None:
    """The error names the variable, the value and what to write."""
    with pytest.raises(SessionSettingsError) as caught:
        SessionSettings.from_environment({variable: value})

    assert message in caught.value.message
    assert caught.value.variable == variable
    assert caught.value.remedy.startswith("Set it to ")


@pytest.mark.parametrize(
    ("value", "same_site"),
    [("lax", "Lax"), ("STRICT", "Strict"), ("none", "None"), ("", "Lax")],
)
def test_settings_read_same_site(value: str, same_site: str) -> None:
    """Any case will do, and lax is the default."""
    assert settings_of(ARC_SESSION_SAME_SITE=value).same_site == same_site


@pytest.mark.parametrize(
    ("environment", "secure"),
    [({"ARC_ENV": "testing"}, False), ({"ARC_ENV": "staging"}, True), ({}, True)],
)
def test_settings_are_secure_but_in_testing(
    environment: dict[str, str], *, secure: bool
) -> None:
    """Only ARC_ENV=testing lets the cookie travel over plain HTTP."""
    assert SessionSettings.from_environment(environment).secure is secure


def test_settings_do_not_show_the_secret() -> None:
    """What is printed in a log or a traceback gives nothing away."""
    assert "hush" not in repr(settings_of(ARC_APP_SECRET="hush"))


EMPTY = {"ARC_APP_SECRET": "", "ARC_SESSION_TABLE_NAME": "s", "ARC_APP_NAME": "app"}


@pytest.mark.parametrize(
    ("environment", "helper", "name", "value"),
    [
        (EMPTY, "pypi", "signing_secret", ""),
        (EMPTY, "npm", "signing_secret", "app"),
        (EMPTY, "own", "signing_secret", "app"),
        (EMPTY, "pypi", "key_source", "default"),
        ({"ARC_APP_NAME": "app"}, "pypi", "signing_secret", "app"),
        ({"ARC_FORCE_LEGACY_JWE_SECRET": "1"}, "pypi", "algorithm", "A256GCM"),
        ({"ARC_FORCE_LEGACY_JWE_SECRET": "1"}, "npm", "algorithm", "A128GCM"),
        ({"ARC_SESSION_SAME_SITE": "none"}, "pypi", "same_site", "Lax"),
        ({"ARC_SESSION_SAME_SITE": "odd"}, "pypi", "same_site", "Lax"),
        ({"ARC_SESSION_SAME_SITE": "none"}, "npm", "same_site", "None"),
        ({**EMPTY, "ARC_APP_SECRET_ALGO": "odd"}, "pypi", "algorithm", "A256GCM"),
    ],
)
def test_settings_are_the_helper_s(
    environment: dict[str, str], helper: Helper, name: str, value: object
) -> None:
    """What one of them reads otherwise, or not at all, is otherwise for it alone."""
    settings = SessionSettings.from_environment(environment, helper=helper)

    assert getattr(settings, name) == value


@pytest.mark.parametrize("helper", ["own", "npm"])
def test_an_algorithm_that_is_none_is_refused_where_it_is_asked_for(
    helper: Helper,
) -> None:
    """By our own helper whatever the store is, by others for tokens alone."""
    environment = {"ARC_APP_SECRET_ALGO": "odd"}
    with pytest.raises(SessionSettingsError):
        SessionSettings.from_environment(environment, helper=helper)
    if helper == "own":
        with pytest.raises(SessionSettingsError):
            SessionSettings.from_environment({**EMPTY, **environment}, helper=helper)


@pytest.mark.parametrize(
    ("value", "pypi", "npm"),
    [
        (" 60 ", 60, 60),
        ("1_000", 1000, None),
        ("٣", 3, None),
        ("1e3", None, 1000),
        ("5.0", None, 5),
        ("0x10", None, 16),
        ("1.5", None, None),
        ("Infinity", None, None),
        (" ", None, 0),
        ("9" * 20, 10**20 - 1, None),
        ("9" * 400, None, None),
        ("9" * 5000, None, None),
    ],
)
def test_settings_read_seconds_as_the_helper_does(
    value: str, pypi: int | None, npm: int | None
) -> None:
    """Python's int, or JavaScript's Number within what its dates can say."""
    helpers: tuple[Helper, Helper] = ("pypi", "npm")
    for helper, seconds in zip(helpers, (pypi, npm), strict=True):
        environment = {"ARC_SESSION_TTL": value}
        if seconds is None:
            with pytest.raises(
                SessionSettingsError, match=r"not a whole number|too many seconds"
            ):
                SessionSettings.from_environment(environment, helper=helper)
        else:
            found = SessionSettings.from_environment(environment, helper=helper)
            assert found.max_age_seconds == seconds


@pytest.mark.parametrize(
    ("environment", "variable"),
    [
        ({"ARC_SESSION_TTL": "", "SESSION_TTL": "60"}, "ARC_SESSION_TTL"),
        ({"ARC_APP_SECRET_ALGO": ""}, "ARC_APP_SECRET_ALGO"),
        (
            {"ARC_SESSION_TABLE_NAME": "", "SESSION_TABLE_NAME": "old"},
            "ARC_SESSION_TABLE_NAME",
        ),
    ],
)
def test_settings_that_are_empty_fail_architect_functions(
    environment: dict[str, str], variable: str
) -> None:
    """It takes what is empty for set, and neither falls back nor works."""
    with pytest.raises(SessionSettingsError, match="is set, but empty") as caught:
        SessionSettings.from_environment(environment, helper="pypi")

    assert caught.value.variable == variable
    assert SessionSettings.from_environment(environment, helper="npm")


def test_settings_without_a_table_s_name_fail_the_npm_helper() -> None:
    """It reads no session at all, and throws where a handler returns one."""
    with pytest.raises(SessionSettingsError, match="is set, but empty"):
        SessionSettings.from_environment({"ARC_SESSION_TABLE_NAME": ""}, helper="npm")


def test_settings_of_an_empty_domain_hide_the_old_one() -> None:
    """From architect-functions: the newer variable is there, and says none."""
    environment = {"ARC_SESSION_DOMAIN": "", "SESSION_DOMAIN": "old.com"}

    pypi = SessionSettings.from_environment(environment, helper="pypi")
    npm = SessionSettings.from_environment(environment, helper="npm")

    assert (pypi.domain, npm.domain) == (None, "old.com")


def test_settings_choose_tokens_for_node_by_either_variable() -> None:
    """`jwe` in the older one wins over a table in the newer one."""
    environment = {"ARC_SESSION_TABLE_NAME": "sessions", "SESSION_TABLE_NAME": "jwe"}

    assert SessionSettings.from_environment(environment, helper="npm").store == "jwe"
    assert SessionSettings.from_environment(environment, helper="pypi").store == "table"


@pytest.mark.parametrize("domain", ["a_b.com", "-a.com", "a.", "a..b", "x" * 64])
def test_settings_refuse_a_domain_that_the_npm_helper_refuses(domain: str) -> None:
    """It throws when it writes a session; others write what they are given."""
    environment = {"ARC_SESSION_DOMAIN": domain}

    with pytest.raises(SessionSettingsError, match="is not a domain name"):
        SessionSettings.from_environment(environment, helper="npm")
    found = SessionSettings.from_environment(environment, helper="pypi")
    assert found.domain == domain


@pytest.mark.parametrize("domain", [".example.com", "EXAMPLE.com", "a-b.c", "1.2.3.4"])
def test_settings_take_the_domains_of_the_npm_helper(domain: str) -> None:
    """A leading full stop counts for nothing, and is passed on."""
    environment = {"ARC_SESSION_DOMAIN": domain}

    found = SessionSettings.from_environment(environment, helper="npm")

    assert found.domain == domain


@pytest.mark.parametrize(
    ("secret", "works"),
    [
        ("", "own npm"),
        ("é" * 16, "own pypi"),
        ("☃" * 11, "own"),
        ("é" * 32, "own npm"),
        ("x" * 31 + "é", "own npm"),
        ("x" * 32, "own npm pypi"),
    ],
)
def test_settings_give_no_key_where_the_helper_has_none(
    secret: str, works: str
) -> None:
    """One counts octets, one characters, one both; one takes what is empty."""
    helpers: tuple[Helper, ...] = ("own", "npm", "pypi")
    for helper in helpers:
        settings = SessionSettings.from_environment(
            {"ARC_APP_SECRET": secret}, helper=helper
        )
        if helper in works:
            assert len(settings.encryption_key()) == 32
        else:
            with pytest.raises(SessionSettingsError, match="ARC_APP_SECRET is"):
                settings.encryption_key()


def test_settings_ask_the_npm_helper_s_algorithm_for_legacy_keys_too() -> None:
    """Although they are always A128GCM."""
    environment = {"ARC_APP_SECRET_ALGO": "odd", "ARC_FORCE_LEGACY_JWE_SECRET": "1"}

    with pytest.raises(SessionSettingsError, match='ARC_APP_SECRET_ALGO is "odd"'):
        SessionSettings.from_environment(environment, helper="npm")
