"""A certificate for localhost: made once, kept for the user, renewed in time.

It names loopback alone and signs nothing else (its basic constraints say so), so that
whoever trusts it trusts this one key for these few names.
"""

import os
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sandbox.errors import WorldError, writing_remedy
from sandbox.private_file import write_private

VALID_DAYS = 397
"""What browsers take at most (CA/Browser Forum, baseline requirements 6.3.2)."""
RENEWED_DAYS_BEFORE = 30
NAMES = ("localhost", "*.localhost")
ADDRESSES = ("127.0.0.1", "::1")
_BACKDATED = timedelta(hours=1)
"""Clocks differ: a browser's may be a little behind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFiles:
    """A certificate and its private key, both in PEM."""

    certificate: Path
    key: Path


def own_certificate(
    certificate: Path, *, now: datetime, host: str | None = None
) -> CertificateFiles:
    """Give the user's certificate for localhost; make it where there is none.

    Args:
        certificate: where it is kept, its key beside it; the folder is made, for its
            owner alone.
        now: an aware time; a certificate that ends soon after it is made anew.
        host: one more name or address that it is to be valid for.

    Raises:
        WorldError: the folder cannot be written to.
    """
    folder = certificate.parent
    key_file = certificate.with_name(f"{certificate.stem}-key.pem")
    files = CertificateFiles(certificate=certificate, key=key_file)
    if _is_good(files, now, host):
        return files
    key = ec.generate_private_key(ec.SECP256R1())
    key_text = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    text = _sign(key, now, host).public_bytes(serialization.Encoding.PEM)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(files.key, key_text)
        write_private(files.certificate, text)
    except OSError as error:
        remedy = "Set XDG_STATE_HOME to a folder of your own, or give --cert and --key."
        raise WorldError(
            f'The certificate cannot be kept in "{folder}": {error.strerror}.',
            remedy=writing_remedy(error, remedy),
        ) from error
    return files


def server_context(files: CertificateFiles) -> ssl.SSLContext:
    """Give what a server speaks TLS with.

    Raises:
        WorldError: the files cannot be read, are no PEM, or do not fit one another.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        # Without a password OpenSSL would ask for one in the terminal.
        context.load_cert_chain(files.certificate, files.key, password="")
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or getattr(error, "strerror", error)
        raise WorldError(
            f'The certificate "{files.certificate}" and the key "{files.key}" cannot '
            f"be used: {reason}.",
            remedy="Give a certificate in PEM with --cert, and its key, unencrypted, "
            "with --key.",
        ) from error
    return context


def _sign(
    key: ec.EllipticCurvePrivateKey, now: datetime, host: str | None
) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "arc-sandbox localhost")])
    server = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    constraints = x509.BasicConstraints(ca=False, path_length=None)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(now + timedelta(days=VALID_DAYS))
        .add_extension(x509.SubjectAlternativeName(_names(host)), critical=False)
        .add_extension(constraints, critical=True)
        .add_extension(server, critical=False)
        .sign(key, hashes.SHA256())
    )


def _names(host: str | None) -> list[x509.GeneralName]:
    wanted = dict.fromkeys((*NAMES, *ADDRESSES, *((host,) if host else ())))
    return [_general_name(text) for text in wanted]


def _general_name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _is_good(files: CertificateFiles, now: datetime, host: str | None) -> bool:
    """Tell whether the files are ours, fit one another, and will do for a while."""
    try:
        if files.key.stat().st_uid != os.getuid():
            return False
        certificate = x509.load_pem_x509_certificate(files.certificate.read_bytes())
        server_context(files)
    except (OSError, ValueError, WorldError):
        return False
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    soon = now.astimezone(UTC) + timedelta(days=RENEWED_DAYS_BEFORE)
    return certificate.not_valid_after_utc > soon and all(
        name in names.value for name in _names(host)
    )
