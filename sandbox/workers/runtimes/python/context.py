"""Lambda's context object (AWS Lambda developer guide, "Python context object")."""

import logging
import sys
import time
from collections.abc import Mapping
from typing import Any


class _Shown:
    """Shows what it holds, as those of Lambda's own runtime do (`awslambdaric` 4)."""

    __slots__ = ()
    _shown: tuple[str, ...] = ()

    def __repr__(self) -> str:
        held = ",".join(f"{name}={getattr(self, name)}" for name in self._shown)
        return f"{type(self).__name__}([{held}])"


class CognitoIdentity(_Shown):
    """Who called, where the AWS Mobile SDK says it; here nobody."""

    _shown = __slots__ = ("cognito_identity_id", "cognito_identity_pool_id")

    def __init__(self) -> None:
        self.cognito_identity_id: str | None = None
        self.cognito_identity_pool_id: str | None = None


class LambdaContext(_Shown):
    """What a handler gets beside its event; what it changes is its own."""

    _shown = (
        "aws_request_id",
        "log_group_name",
        "log_stream_name",
        "function_name",
        "memory_limit_in_mb",
        "function_version",
        "invoked_function_arn",
        "client_context",
        "identity",
        "tenant_id",
    )

    def __init__(
        self, shared: Mapping[str, Any], request_id: str, time_limit_ms: int
    ) -> None:
        self.__dict__.update(shared)
        self.aws_request_id = request_id
        self.identity = CognitoIdentity()
        self.client_context: Any = None
        self.tenant_id: str | None = None
        self._deadline = time.monotonic() + time_limit_ms / 1000
        self._epoch_deadline_time_in_ms = int(time.time() * 1000) + time_limit_ms

    def get_remaining_time_in_millis(self) -> int:
        """Give the milliseconds until the time limit; never less than 0."""
        return max(0, int((self._deadline - time.monotonic()) * 1000))

    def w3c(self) -> dict[str, str]:
        """Give the trace context that came with the event: none."""
        return {}

    def log(self, message: object) -> None:
        """Write `message` to the log, where the root logger has Lambda's handler."""
        for handler in logging.getLogger().handlers:
            if hasattr(handler, "log_sink"):
                handler.log_sink.log(str(message))
                return
        sys.stdout.write(str(message))


class Contexts:
    """Makes the contexts of one function, from what its `start` message says."""

    def __init__(self, start: Mapping[str, Any]) -> None:
        environment = start["environment"]
        self._shared = {
            "function_name": start["function_name"],
            "function_version": start["function_version"],
            "invoked_function_arn": start["invoked_function_arn"],
            "memory_limit_in_mb": start["memory_limit_mb"],
            "log_group_name": environment.get("AWS_LAMBDA_LOG_GROUP_NAME"),
            "log_stream_name": environment.get("AWS_LAMBDA_LOG_STREAM_NAME"),
        }

    def of_request(self, request_id: str, time_limit_ms: int) -> LambdaContext:
        """Give the context of a request that starts now."""
        return LambdaContext(self._shared, request_id, time_limit_ms)
