"""A body that was sent compressed → its text, where it has any."""

import base64
from collections.abc import Mapping
from typing import Any

from sandbox.content_coding import CodingError, decode


def readable_body(message: Mapping[str, Any]) -> str | None:
    """Give the text in a body that is compressed; None where it is not, or no text.

    Args:
        message: headers and body, as the API shows a response.
    """
    codings = [v for k, v in message["headers"] if k.lower() == "content-encoding"]
    coded = message["body"]["base64"]
    if coded is None or len(codings) != 1:
        return None
    try:
        return decode(base64.b64decode(coded), codings[0].lower()).decode("utf-8")
    except (CodingError, UnicodeDecodeError):
        return None
