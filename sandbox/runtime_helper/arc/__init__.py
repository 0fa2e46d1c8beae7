"""Architect's runtime helper for Python: the interface of `architect-functions`.

Behaves as arc.codes documents it ("Python runtime helpers", "Sessions"). Importing it
costs the standard library only: boto3 and jwcrypto are loaded when first needed.
"""

from . import events, http, queues, tables, ws
from .services import services

__all__ = ["events", "http", "queues", "services", "tables", "ws"]
