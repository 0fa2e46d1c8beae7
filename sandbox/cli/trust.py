"""What a person does once so that a browser trusts the sandbox's own certificate."""

import sys
from pathlib import Path

from sandbox.options import Options
from sandbox.wiring.running import own_certificate_file

_COMMANDS = {
    "darwin": "security add-trusted-cert -p ssl "
    "-k ~/Library/Keychains/login.keychain-db {file}",
    "linux": "certutil -d sql:$HOME/.pki/nssdb -A -t P,, -n arc-sandbox -i {file}",
}
"""By `sys.platform`; on Linux for Chromium (Debian: libnss3-tools)."""


def trust_lines(options: Options, *, platform: str = sys.platform) -> list[str]:
    """Give the lines below the banner; none where no certificate is ours."""
    if options.tls is None or options.tls.certificate is not None:
        return []
    file: Path = own_certificate_file(options)
    command = _COMMANDS.get(platform, "import {file} in your browser").format(file=file)
    return [
        "",
        "  https  the certificate is this machine's own: accept the browser's",
        f"         warning, or trust it once:  {command}",
    ]
