"""Takes the text of a date in an HTTP header, gives the moment, on every machine."""

from datetime import UTC
from email.utils import parsedate_to_datetime


def epoch_of(text: str) -> float | None:
    """Give the seconds since 1970, or None where the text is no date.

    A date without a zone is in UTC, which is what HTTP's dates are in (RFC 9110
    section 5.6.7, RFC 6265 section 5.1.1), and not the machine's own time.
    """
    try:
        moment = parsedate_to_datetime(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return moment.timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
