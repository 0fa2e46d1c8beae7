"""The certificate for localhost: who it names, how long it holds, who can read it."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from sandbox.certificates import (
    CertificateFiles,
    own_certificate,
    server_context,
)
from sandbox.errors import WorldError
from tests.files import full_disk

NOW = datetime(2030, 1, 1, tzinfo=UTC)


def own(tmp_path: Path, *, days: int = 0, host: str | None = None) -> CertificateFiles:
    later = NOW + timedelta(days=days)
    return own_certificate(tmp_path / "tls/localhost.pem", now=later, host=host)


def read(files: CertificateFiles) -> x509.Certificate:
    return x509.load_pem_x509_certificate(files.certificate.read_bytes())


def test_own_certificate_names_loopback_alone(tmp_path: Path) -> None:
    """And cannot sign others: who trusts it trusts no more than this."""
    certificate = read(own(tmp_path))
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints)

    assert names.value.get_values_for_type(x509.DNSName) == ["localhost", "*.localhost"]
    addresses = names.value.get_values_for_type(x509.IPAddress)
    assert [str(address) for address in addresses] == ["127.0.0.1", "::1"]
    assert constraints.value.ca is False
    assert (certificate.not_valid_after_utc - NOW).days == 397


def test_own_certificate_is_private(tmp_path: Path) -> None:
    """The key, and the folder that it is in."""
    files = own(tmp_path)

    assert files.key.stat().st_mode & 0o777 == 0o600
    assert files.key.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("days", "is_kept"), [(0, True), (366, True), (368, False), (500, False)]
)
def test_own_certificate_is_renewed_a_month_before_its_end(
    *, tmp_path: Path, days: int, is_kept: bool
) -> None:
    """Until then it stays the same, so that trusting it once is enough."""
    first = read(own(tmp_path))

    assert (read(own(tmp_path, days=days)) == first) is is_kept


def test_own_certificate_is_made_anew_for_another_host(tmp_path: Path) -> None:
    """A name or an address that it lacks."""
    first = read(own(tmp_path))
    second = own(tmp_path, host="192.168.1.7")

    names = read(second).extensions.get_extension_for_class(x509.SubjectAlternativeName)
    assert read(second) != first
    assert "192.168.1.7" in [str(name.value) for name in names.value]


@pytest.mark.parametrize("damaged", ["localhost.pem", "localhost-key.pem"])
def test_own_certificate_is_made_anew_where_it_is_damaged(
    tmp_path: Path, damaged: str
) -> None:
    """Half a pair is none."""
    own(tmp_path)
    (tmp_path / "tls" / damaged).write_text("nonsense")

    server_context(own(tmp_path))


def test_own_certificate_says_where_it_cannot_be_kept(tmp_path: Path) -> None:
    """With the way out."""
    (tmp_path / "tls").write_text("a file")

    with pytest.raises(WorldError, match="cannot be kept"):
        own(tmp_path)


def test_own_certificate_leaves_nothing_on_a_full_disk(tmp_path: Path) -> None:
    """Each start would leave another file."""
    with full_disk(), pytest.raises(WorldError):
        own(tmp_path)

    assert list((tmp_path / "tls").iterdir()) == []


def test_server_context_refuses_a_key_of_another_certificate(tmp_path: Path) -> None:
    """Both files are named."""
    one, two = own(tmp_path / "one"), own(tmp_path / "two")
    mixed = CertificateFiles(certificate=one.certificate, key=two.key)

    with pytest.raises(WorldError, match="localhost-key"):
        server_context(mixed)


def test_server_context_speaks_nothing_old(tmp_path: Path) -> None:
    """TLS 1.2 at least, as CloudFront and API Gateway do."""
    context = server_context(own(tmp_path))

    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
