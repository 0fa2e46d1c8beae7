"""Holds which URLs a proxy may have to what `new URL` takes."""

import pytest

from sandbox.project.proxy import is_http_url


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://localhost:4000", True),
        ("HTTPS://user:x@example.com/a?b#c", True),
        ("http:example.com", True),
        ("http://[::1]:80/", True),
        ("http://1.2.3.4", True),
        ("ftp://x", False),
        ("http://", False),
        ("http://a b", False),
        ("http://x:99999", False),
        ("http://x:y", False),
        ("http://[::g]", False),
        ("http://1.2.3.4.5", False),
        ("http://1.2.3.256", False),
        ("http://1.65535", True),
        ("http://4294967295", True),
        ("http://4294967296", False),
        ("http://0x7f.1", True),
        ("http://09", False),
        ("http://xn--mnchen-3ya.de", True),
        ("http://xn--a", False),
        ("http://xn--zzzz99", False),
        ("foo", False),
        ("http://[fe80::1%25en0]", False),
        ("http://\ufeff1.1", True),
        ("http://\u00ad", False),
        ("http://\uff11.\uff12\u3002", True),
        ("http://\u3000a", False),
        ("http://\u0301a", False),
        ("http://m\u00fcnchen.de", True),
        ("http://a\u200d", False),
    ],
)
def test_is_http_url_follows_the_url_standard(
    url: str,
    expected: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """The scheme is http or https, and there is a host that can be one."""
    assert is_http_url(url) is expected
