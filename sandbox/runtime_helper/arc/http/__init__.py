"""`arc.http`: sessions, responses and request bodies of @http functions."""

from .helpers.parse_body import parse_body
from .helpers.res_fmt import res
from .session import session_read, session_write

__all__ = ["parse_body", "res", "session_read", "session_write"]
