"""Content-Security-Policies that are extended by two addresses, and nothing else."""

import pytest

from sandbox.gateway.content_policy import PolicyRefusalError, Wanted, admit

WANTED = Wanted(host="localhost:3333", script_path="/s.js", stream_path="/s")


@pytest.mark.parametrize(
    ("policy", "extended"),
    [
        ("default-src 'self'", "default-src 'self'"),
        ("img-src 'none'", "img-src 'none'"),
        ("script-src *; connect-src *", "script-src *; connect-src *"),
        (
            "default-src 'none'; style-src 'self'",
            "default-src 'none'; style-src 'self'; script-src localhost:3333/s.js; "
            "connect-src localhost:3333/s",
        ),
        (
            "script-src 'unsafe-inline' https://cdn.example; connect-src 'none'",
            "script-src 'unsafe-inline' https://cdn.example localhost:3333/s.js; "
            "connect-src localhost:3333/s",
        ),
        (
            "script-src 'self'; script-src-elem https://cdn.example",
            "script-src 'self'; script-src-elem https://cdn.example "
            "localhost:3333/s.js",
        ),
        (
            "Script-Src 'SELF'; Default-Src 'none'",
            "script-src 'SELF'; default-src 'none'; connect-src localhost:3333/s",
        ),
        (
            "script-src 'none'; script-src *; connect-src 'self'",
            "script-src localhost:3333/s.js; connect-src 'self'",
        ),
        ("default-src 'self', connect-src 'none'", None),
    ],
)
def test_admit_adds_the_two_addresses_alone(policy: str, extended: str | None) -> None:
    """To the directive that governs; a fallback is copied, so that it stays whole."""
    if extended is None:
        extended = "default-src 'self', connect-src localhost:3333/s"

    admission = admit((policy,), WANTED)

    assert admission.policies == (extended,)
    assert admission.nonce is None


def test_admit_uses_the_policys_own_nonce() -> None:
    """A policy with a nonce lets the script in by it, and is not touched."""
    policy = "script-src 'nonce-r4nd0m==' 'strict-dynamic'; connect-src 'self'"

    admission = admit((policy,), WANTED)

    assert admission.policies == (policy,)
    assert admission.nonce == "r4nd0m=="


def test_admit_holds_for_every_header() -> None:
    """Each policy has to allow the script by itself."""
    admission = admit(("default-src 'self'", "connect-src 'none'"), WANTED)

    assert admission.policies == ("default-src 'self'", "connect-src localhost:3333/s")


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        ("sandbox", "sandbox"),
        ("sandbox allow-scripts", "sandbox"),
        ("script-src 'strict-dynamic' 'sha256-abc='", "strict-dynamic"),
    ],
)
def test_admit_refuses_what_it_would_have_to_weaken(policy: str, reason: str) -> None:
    """The app's own policy is worth more than a reload."""
    with pytest.raises(PolicyRefusalError, match=reason):
        admit((policy,), WANTED)


@pytest.mark.parametrize("host", ["", "[::1]:3333", "a; script-src *", "a b"])
def test_admit_refuses_a_host_that_no_policy_can_name(host: str) -> None:
    """A client that writes the Host header cannot write the policy."""
    wanted = Wanted(host=host, script_path="/s.js", stream_path="/s")

    with pytest.raises(PolicyRefusalError, match="host"):
        admit(("default-src 'none'",), wanted)
