"""Takes a Set-Cookie header, says why a browser may refuse it at this address.

Pure. A Secure cookie is only taken from a trustworthy origin. For loopback addresses
Chrome and Firefox make an exception, Safari does not (MDN, "Secure cookies").
"""

from sandbox.host_header import LOOPBACK_NAMES, bare_host


def refused_cookie(
    set_cookie: str, *, scheme: str, host: str
) -> tuple[str, str] | None:
    """Give the cookie's name and a sentence about it, or None where nothing is amiss.

    Args:
        set_cookie: the header's value.
        scheme: `http` or `https`.
        host: the Host header, with or without a port.
    """
    first, *attributes = set_cookie.split(";")
    is_secure = any(part.strip().lower() == "secure" for part in attributes)
    if scheme != "http" or not is_secure:
        return None
    name = first.partition("=")[0].strip()
    name_alone = bare_host(host)
    if name_alone in LOOPBACK_NAMES or name_alone.endswith(".localhost"):
        refusal = "Safari refuses it on plain HTTP; Chrome and Firefox keep it here"
    else:
        refusal = "browsers refuse it on plain HTTP"
    return name, f'The cookie "{name}" is Secure: {refusal}.'
