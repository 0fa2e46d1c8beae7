"""Architect's runtime helper for Python: the interface of `architect-functions`.

Responses and bodies are those of `architect-functions` 1.0, so that what works here
works with it; sessions are as arc.codes promises them ("Sessions"). Importing it costs
the standard library only: boto3 and jwcrypto are loaded when first needed.
"""

from . import events, http, queues, tables, ws
from .services import services

__all__ = ["events", "http", "queues", "services", "tables", "ws"]
